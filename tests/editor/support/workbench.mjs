/** The VS Code workbench as a person uses it: palette, trees, notifications, editors. Waits for what appears, never for a time. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const SCREENSHOTS = path.join(import.meta.dirname, "..", "screenshots");
const PATIENCE = 60_000;
/** VS Code's themes by name, as its page names their kind. */
const THEMES = { "Light Modern": "vs", "Dark Modern": "vs-dark", "Dark High Contrast": "hc-black", "Light High Contrast": "hc-light" };

export class Workbench {
  /**
   * Opens `folder`, or a `.code-workspace` file (absolute; none: an empty window), in the host at `url`.
   * In another `language` as if VS Code had its language pack, which sets this variable; without the pack its own words stay English.
   * Nothing outside this machine is reachable from the page.
   */
  static async open({ url, folder, language, browser: executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium" }) {
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, serviceWorkers: "allow", reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    if (language !== undefined) await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
    const workbench = new Workbench(browser, page);
    const opened = folder?.endsWith(".code-workspace") ? "workspace" : "folder";
    await page.goto(`${url}/?${folder === undefined ? "ew=true" : `${opened}=${encodeURIComponent(folder)}`}`);
    await page.locator(".monaco-workbench .statusbar").waitFor();
    return workbench;
  }

  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
  }

  /** Leaves the page first, so that the host ends the window's extension host at once. */
  async close() {
    await this.page.goto("about:blank");
    await this.browser.close();
  }

  /** Runs a command by its title, as the palette shows it. */
  async command(title) {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await this.page.keyboard.press("F1");
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.answer(title).waitFor();
    await this.page.locator(".quick-input-progress.done").waitFor({ state: "attached" }); // until then more commands may move the rows
    await this.pick(title);
  }

  /** The first row of an open quick pick that has all of `texts`. */
  answer(...texts) {
    return texts.reduce((rows, hasText) => rows.filter({ hasText }), this.page.locator(".quick-input-list .monaco-list-row")).first();
  }

  /** Answers an open quick pick with that row, and waits until it is answered. */
  async pick(...texts) {
    const row = this.answer(...texts);
    await row.waitFor();
    const asked = await this.page.evaluate(question);
    const answered = (timeout) => this.page.waitForFunction(`(${question})() !== ${JSON.stringify(asked)}`, undefined, { timeout });
    await this.again(() => row.click({ timeout: 10_000 }), answered);
  }

  /** Opens the list of tasks, which has this one. Again when nothing came: VS Code does not answer until it has met the last window's tasks. */
  async openTasks(label) {
    await this.until(this.answer(label), () => this.command("Tasks: Run Task"));
  }

  /** Opens a file of the folder by its path. */
  async openFile(name) {
    await this.openTab(name);
    await this.isOpen(path.basename(name));
  }

  /** The same, whatever VS Code makes of the file. Again when it did not come: more files that are found move the rows while one is clicked. */
  async openTab(name) {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await this.until(this.tab(path.basename(name)), async () => {
      await this.page.keyboard.press("Control+P");
      await input.waitFor();
      await input.fill(name);
      await this.pick(path.basename(name));
    });
  }

  /** The active tab, when it has this name. */
  tab(name) {
    return this.page.locator(`.tab.active[aria-label*="${name}"]`).first();
  }

  /** A file is open when its tab is active and, for a script, when the extension has seen it: its lens is there. */
  async isOpen(name) {
    await this.tab(name).waitFor();
    if (name.endsWith(".jl")) await this.page.locator(".codelens-decoration", { hasText: "Run on JuliaHub" }).first().waitFor();
  }

  /** Opens a file by its absolute path, folder or not. */
  async openPath(file) {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await this.page.keyboard.press("Control+O");
    // The dialog sets its field once it has listed the folder; what is typed before is lost.
    await this.answer().waitFor();
    await input.fill(file);
    await this.pick(path.basename(file));
    await this.isOpen(path.basename(file));
  }

  /** The group whose active tab has this name. */
  editor(name) {
    return this.page.locator(".editor-group-container", { has: this.page.locator(`.tab.active[aria-label*="${name}"]`) });
  }

  /** Puts the cursor into the editor whose tab has this name. */
  async focusEditor(name) {
    const group = this.editor(name);
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    // By coordinates: the lines of a scrolled editor begin far above what can be clicked.
    const { x, y } = await group.locator(".monaco-editor").first().boundingBox();
    await this.page.mouse.click(x + 200, y + 60);
    await group.locator(".monaco-editor.focused").waitFor();
  }

  /**
   * Follows the link of the line that has `text` as a person does: Ctrl and a click where it begins. Not by a locator's own click: the
   * editor draws a long link in pieces, and the last one would be scrolled to in elements that the editor lays out itself.
   */
  async followLink(name, text) {
    const link = this.editor(name).locator(".view-line", { hasText: text }).locator(".detected-link").first();
    await link.waitFor();
    const { x, y, height } = await link.boundingBox();
    await this.page.keyboard.down("Control");
    await this.page.mouse.click(x + 4, y + height / 2);
    await this.page.keyboard.up("Control");
  }

  /** The side bar's view container with this title in the activity bar. */
  async openView(title) {
    const item = this.page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${title}"])`).first();
    await item.waitFor();
    if (!(await item.getAttribute("class")).includes("checked")) await item.click();
    await this.page.mouse.move(0, 0); // its tooltip would cover the view
  }

  /** Folds a view of the side bar away: the others get its room. */
  async fold(view) {
    const header = this.page.locator(`.pane-header[aria-label*="${view}"]`);
    await header.waitFor();
    if ((await header.getAttribute("aria-expanded")) === "true") await header.click();
  }

  /** A status bar item by its text. */
  status(text) {
    return this.page.locator(".statusbar-item", { hasText: text }).first();
  }

  /** VS Code shows three notifications in 800 milliseconds and no more of them: before one more, that has to pass. */
  async atAPersonsPace() {
    await this.page.waitForTimeout(800);
  }

  /** A notification by its text. */
  toast(text) {
    return this.page.locator(".notification-toast", { hasText: text }).first();
  }

  /** The rows of a view by its title, those whose label for screen readers begins with `label`. */
  rows(view, label) {
    const labelled = label === undefined ? "" : `[aria-label^="${label}"]`;
    return this.page.locator(`.pane:has(> .pane-header[aria-label*="${view}"]) .monaco-list-row${labelled}`);
  }

  /** Acts until `shown` is there: VS Code drops a click or a key on a row that it draws anew in that moment. A person does it again, too. */
  async until(shown, act) {
    await this.again(act, (timeout) => shown.waitFor({ timeout }));
  }

  /** Acts, again every ten seconds, until it `happened`, which is given milliseconds to wait for; else throws what that waited for. */
  async again(act, happened) {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const over = Date.now() >= deadline;
      const failed = await act().then(() => happened(10_000)).then(() => undefined, (error) => error);
      if (failed === undefined) return;
      if (over) throw failed;
    }
  }

  /** A row of the jobs or servers by its text. */
  row(text) {
    return this.rows("Jobs").or(this.rows("Servers")).filter({ hasText: text }).first();
  }

  /** Waits until an editor shows `text` (a no-break space in the editor is a space here). */
  async shows(name, text, timeout = PATIENCE) {
    await this.page.waitForFunction(
      ([tab, wanted]) =>
        [...document.querySelectorAll(".editor-group-container")].some(
          (group) =>
            group.querySelector(".tab.active")?.getAttribute("aria-label")?.includes(tab) &&
            [...group.querySelectorAll(".view-line")].some((line) => line.textContent.replaceAll("\u00a0", " ").includes(wanted)),
        ),
      [name, text],
      { timeout },
    );
  }

  /** Waits until no editor with this tab shows `text` any more. */
  async hides(name, text) {
    await this.page.waitForFunction(
      ([tab, unwanted]) =>
        [...document.querySelectorAll(".editor-group-container")].some((group) => {
          const lines = [...group.querySelectorAll(".view-line")].map((line) => line.textContent.replaceAll("\u00a0", " "));
          const isActive = group.querySelector(".tab.active")?.getAttribute("aria-label")?.includes(tab);
          return isActive && lines.length > 0 && !lines.some((line) => line.includes(unwanted));
        }),
      [name, text],
    );
  }

  /** A row's context menu, open: its entry with this title. */
  async menu(row, title) {
    await row.click({ button: "right" });
    const entry = this.page.getByRole("menuitem", { name: title, exact: true });
    await entry.waitFor();
    return entry;
  }

  /** Chooses from a row's context menu; by keyboard, as a menu takes no click in its first moments. */
  async choose(row, title) {
    await (await this.menu(row, title)).hover();
    await this.page.keyboard.press("Enter");
  }

  /**
   * What `act` puts on the clipboard, as soon as it begins with `start`. Acts once more when nothing came: a notification that counts down
   * is drawn anew every second, and what is pressed in that moment is gone before it is let go.
   */
  async copied(start, act) {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await this.page.evaluate(() => navigator.clipboard.writeText("")); // there may be something from before
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      await act();
      const text = await this.page.evaluate(async (wanted) => {
        for (let frames = 0; frames < 180; frames++) {
          const text = await navigator.clipboard.readText();
          if (text.startsWith(wanted)) return text;
          await new Promise(requestAnimationFrame);
        }
      }, start);
      if (text !== undefined) return text;
    }
    throw new Error(`Nothing on the clipboard begins with ${start}`);
  }

  /** Waits until a file is open with the cursor in this line (from 1). */
  async isOpenAt(name, line) {
    await this.isOpen(name);
    await this.page.locator(".statusbar-item", { hasText: `Ln ${line}, ` }).waitFor();
  }

  /** Sets a colour theme of VS Code's own by its name. */
  async theme(name) {
    await this.command("Preferences: Color Theme");
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await this.answer("Dark Modern").waitFor();
    await input.fill(name);
    await this.pick(name);
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    await this.page.locator(`.monaco-workbench.${THEMES[name]}`).waitFor();
  }

  /** The page of the Run view, the side bar's only webview. */
  get form() {
    return this.page.frameLocator("iframe.webview.ready:visible").first().frameLocator("iframe");
  }

  /** The page of the webview that shows `text`: its innermost frame. */
  async webview(text) {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      for (const frame of this.page.frames()) {
        if (frame.parentFrame()?.parentFrame() && (await frame.locator("body", { hasText: text }).count().catch(() => 0)) > 0) return frame;
      }
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
    throw new Error(`No webview shows "${text}".`);
  }

  /** A picture for whoever reads the tests' results. */
  async screenshot(name) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }
}

/** What a quick pick asks and offers, nothing when none is open. Runs in the page. */
function question() {
  const widget = document.querySelector(".quick-input-widget");
  if (widget === null || widget.style.display === "none") return "";
  const input = widget.querySelector("input[type=text]");
  const rows = [...widget.querySelectorAll(".monaco-list-row")].map((row) => row.getAttribute("aria-label"));
  return [input?.placeholder, input?.value, ...rows].join("\n");
}
