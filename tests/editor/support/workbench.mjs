/** The VS Code workbench as a person uses it: palette, trees, notifications, editors. Waits for what appears; for a time only in `atAPersonsPace`. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const SCREENSHOTS = path.join(import.meta.dirname, "..", "screenshots");
/** Milliseconds until something is given up: many times what it takes on a machine that has nothing else to do. */
const PATIENCE = 120_000;
/** Milliseconds for one try of what a person would do once more. */
const ONE_TRY = 10_000;
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
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    await page.addInitScript(keepNotifications);
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
    this.patience = PATIENCE;
    /** The field of the palette, of a quick pick or an input box. */
    this.input = page.locator(".quick-input-widget input[type=text]");
  }

  /** Leaves the page first, so that the host ends the window's extension host at once. */
  async close() {
    await this.page.goto("about:blank");
    await this.browser.close();
  }

  /**
   * Tries until it does not fail: VS Code drops a click or a key on what it draws anew in that moment, and closes a list that loses the focus.
   * A person does it again, too. Each wait of a try is a short one, and so are tries within a try.
   */
  async tried(attempt) {
    const { patience } = this;
    const deadline = Date.now() + patience;
    for (;;) {
      const over = Date.now() >= deadline;
      this.setPatience(ONE_TRY);
      const failure = await attempt().then(() => undefined, (error) => error);
      this.setPatience(patience);
      if (failure === undefined) return;
      if (over) throw failure;
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  /** Acts, and again after a while, until it `happened`, which is given milliseconds to wait for. For acts that do no harm when done twice. */
  async again(act, happened) {
    await this.tried(async () => {
      const failure = await act().then(() => undefined, (error) => error);
      await happened(ONE_TRY).catch((error) => {
        throw failure ?? error;
      });
    });
  }

  /** The same until `shown` is there. */
  async until(shown, act) {
    await this.again(act, (timeout) => shown.waitFor({ timeout }));
  }

  setPatience(milliseconds) {
    this.patience = milliseconds;
    this.page.setDefaultTimeout(milliseconds);
  }

  /** Runs a command by its title, as the palette shows it. */
  async command(title) {
    await this.ask("F1", `>${title}`, title);
  }

  /** Loads the window anew. */
  async reload() {
    await Promise.all([this.page.waitForEvent("domcontentloaded"), this.command("Developer: Reload Window")]);
  }

  /** Opens one of VS Code's own lists by its key, types `text` and picks the row that has `wanted`; all of it again when the list was closed meanwhile. */
  async ask(key, text, wanted) {
    await this.tried(async () => {
      await this.type(key, text);
      await this.answer(wanted).waitFor();
      await this.page.locator(".quick-input-progress.done").waitFor({ state: "attached" }); // until then more answers may move the rows
      await this.pick(wanted);
    });
  }

  /** Opens a list by its key and types. One that is still open is closed before: there the key means something else. */
  async type(key, text) {
    await this.tried(async () => {
      if (await this.input.isVisible()) await this.page.keyboard.press("Escape");
      await this.page.keyboard.press(key);
      await this.input.fill(text);
    });
  }

  /** The first row of an open quick pick that has all of `texts`. */
  answer(...texts) {
    return texts.reduce((rows, hasText) => rows.filter({ hasText }), this.page.locator(".quick-input-list .monaco-list-row")).first();
  }

  /** Answers an open quick pick with that row, and waits until it is answered: closed, asking something else, or without that row. */
  async pick(...texts) {
    const row = this.answer(...texts);
    await row.waitFor();
    const [{ asks }, label] = [await this.page.evaluate(question), await row.getAttribute("aria-label")];
    const isAnswered = `(({ asks, rows }) => asks !== ${JSON.stringify(asks)} || !rows.includes(${JSON.stringify(label)}))((${question})())`;
    let isClicked = false;
    const click = async () => {
      await row.click();
      isClicked = true;
    };
    await this.again(click, async (timeout) => {
      assert.ok(isClicked, `"${label}" was there to be picked`);
      await this.page.waitForFunction(isAnswered, undefined, { timeout });
    });
  }

  /** Answers the input box or list that asks `what` with `text`. */
  async reply(what, text) {
    const asking = this.page.locator(".quick-input-widget", { hasText: what });
    await asking.waitFor();
    await this.input.fill(text);
    await this.accept(asking);
  }

  /** Answers what is asked with Enter. */
  async accept(asking = this.page.locator(".quick-input-widget")) {
    const enter = async () => {
      if (await asking.isVisible()) await this.page.keyboard.press("Enter");
    };
    await this.again(enter, (timeout) => asking.waitFor({ state: "hidden", timeout }));
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

  /** The same, whatever VS Code makes of the file. */
  async openTab(name) {
    await this.until(this.tab(path.basename(name)), () => this.ask("Control+P", name, path.basename(name)));
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
    await this.until(this.tab(path.basename(file)), async () => {
      if (await this.input.isVisible()) await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+O");
      // The dialog sets its field once it has listed the folder; what is typed before is lost.
      await this.answer().waitFor();
      await this.input.fill(file);
      await this.pick(path.basename(file));
    });
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
    await this.until(group.locator(".monaco-editor.focused"), async () => {
      const { x, y } = await group.locator(".monaco-editor").first().boundingBox();
      await this.page.mouse.click(x + 200, y + 60);
    });
  }

  /**
   * Follows the link of the line that has `text` as a person does, Ctrl and a click where it begins, until `shown` is there. Not by a locator's
   * own click: the editor draws a long link in pieces, and the last one would be scrolled to in elements that the editor lays out itself.
   */
  async followLink(name, text, shown) {
    const link = this.editor(name).locator(".view-line", { hasText: text }).locator(".detected-link").first();
    await this.until(shown, async () => {
      const { x, y, height } = await link.boundingBox();
      await this.page.keyboard.down("Control");
      await this.page.mouse.click(x + 4, y + height / 2);
      await this.page.keyboard.up("Control");
    });
  }

  /** The side bar's view container with this title in the activity bar. */
  async openView(title) {
    const item = this.page.locator(".activitybar .action-item", { has: this.page.locator(`.action-label[aria-label^="${title}"]`) }).first();
    await this.turned(item.and(this.page.locator(".checked")), item.and(this.page.locator(":not(.checked)")));
    await this.page.mouse.move(0, 0); // its tooltip would cover the view
  }

  /** Folds a view of the side bar away: the others get its room. */
  async fold(view) {
    const header = (isOpen) => this.page.locator(`.pane-header[aria-label*="${view}"][aria-expanded="${isOpen}"]`);
    await this.turned(header(false), header(true));
  }

  /** Clicks what shows the one state until it shows the other, which it may do already. */
  async turned(wanted, other) {
    await wanted.or(other).waitFor();
    if (!(await wanted.isVisible())) await this.until(wanted, () => other.click());
  }

  /** A status bar item by its text. */
  status(text) {
    return this.page.locator(".statusbar-item", { hasText: text }).first();
  }

  /** They stay until here, and cover what is in the lower right corner. */
  async clearNotifications() {
    await this.command("Notifications: Clear All Notifications");
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
  async hides(name, text, timeout = PATIENCE) {
    await this.page.waitForFunction(
      ([tab, unwanted]) =>
        [...document.querySelectorAll(".editor-group-container")].some((group) => {
          const lines = [...group.querySelectorAll(".view-line")].map((line) => line.textContent.replaceAll("\u00a0", " "));
          const isActive = group.querySelector(".tab.active")?.getAttribute("aria-label")?.includes(tab);
          return isActive && lines.length > 0 && !lines.some((line) => line.includes(unwanted));
        }),
      [name, text],
      { timeout },
    );
  }

  /** A row's context menu, open: its entry with this title. */
  async menu(row, title) {
    const entry = this.page.getByRole("menuitem", { name: title, exact: true });
    await this.openMenu(entry, () => row.click({ button: "right" }));
    return entry;
  }

  /** Opens the menu that has this entry. One that is open, and covers everything, is closed before. */
  async openMenu(entry, open) {
    await this.until(entry, async () => {
      await this.closeMenu();
      await open();
    });
  }

  async closeMenu() {
    const menu = this.page.locator(".monaco-menu").first();
    if (await menu.isVisible()) await this.again(() => this.page.keyboard.press("Escape"), (timeout) => menu.waitFor({ state: "hidden", timeout }));
  }

  /** Chooses from a row's context menu; by keyboard, as a menu takes no click in its first moments. */
  async choose(row, title) {
    await this.tried(async () => {
      const entry = await this.menu(row, title);
      await entry.hover();
      await this.page.keyboard.press("Enter");
      await entry.waitFor({ state: "hidden" });
    });
  }

  /** What `act` puts on the clipboard, as soon as it begins with `start`. */
  async copied(start, act) {
    await this.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await this.page.evaluate(() => navigator.clipboard.writeText("")); // there may be something from before
    let text;
    await this.again(act, async (timeout) => {
      text = await this.page.evaluate(onClipboard, [start, timeout]);
      assert.ok(text !== undefined, `something on the clipboard begins with ${start}`);
    });
    return text;
  }

  /** Waits until a file is open with the cursor in this line (from 1). */
  async isOpenAt(name, line) {
    await this.isOpen(name);
    await this.page.locator(".statusbar-item", { hasText: `Ln ${line}, ` }).waitFor();
  }

  /** Sets a colour theme of VS Code's own by its name. */
  async theme(name) {
    await this.until(this.page.locator(`.monaco-workbench.${THEMES[name]}`), async () => {
      await this.command("Preferences: Color Theme");
      await this.answer("Dark Modern").waitFor();
      await this.input.fill(name);
      await this.pick(name);
      await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    });
  }

  /** The page of the Run view, the side bar's only webview. */
  get form() {
    return this.page.frameLocator("iframe.webview.ready:visible").first().frameLocator("iframe");
  }

  /** The page of the webview that shows `text`: its innermost frame. */
  async webview(text, timeout = PATIENCE) {
    const deadline = Date.now() + timeout;
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

/** What a quick pick asks ("" when none is open), and its rows. Runs in the page. */
function question() {
  const widget = document.querySelector(".quick-input-widget");
  if (widget === null || widget.style.display === "none") return { asks: "", rows: [] };
  const input = widget.querySelector("input[type=text]");
  const asks = [widget.querySelector(".quick-input-title")?.textContent, input?.placeholder, input?.value].join("\n");
  return { asks, rows: [...widget.querySelectorAll(".monaco-list-row")].map((row) => row.getAttribute("aria-label")) };
}

/** What is on the clipboard, as soon as it begins with `start`; undefined when it does not in time. Runs in the page. */
async function onClipboard([start, timeout]) {
  const deadline = performance.now() + timeout;
  while (performance.now() < deadline) {
    const text = await navigator.clipboard.readText();
    if (text.startsWith(start)) return text;
    await new Promise(requestAnimationFrame);
  }
  return undefined;
}

/**
 * Notifications stay, as under a pointer that rests on them: VS Code takes each away after 15 seconds, which a busy machine needs for other
 * things. Runs in the page, before all else.
 */
function keepNotifications() {
  const stay = (node) => {
    if (node instanceof Element && node.classList.contains("notification-toast-container")) node.dispatchEvent(new MouseEvent("mouseover"));
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(stay);
  }).observe(document, { childList: true, subtree: true });
}
