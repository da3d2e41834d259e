/** One webview page in Chromium, as VS Code would show it, with a scripted extension behind it. `__init__.py` shows how it is used. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { THEMES } from "./themes.mjs";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const EXTENSION = path.join(ROOT, "vscode-extension");
const SCREENSHOTS = path.join(import.meta.dirname, "..", "screenshots");
const ORIGIN = "https://page.invalid";
const PATIENCE = 8_000;
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".ttf": "font/ttf" };

const browsing = createRequire(path.join(ROOT, "tests", "editor", "package.json"));
const building = createRequire(path.join(EXTENSION, "package.json"));
const { chromium } = browsing("playwright-core");
const axe = readFileSync(browsing.resolve("axe-core/axe.min.js"), "utf8");
const { build } = building("esbuild");

const built = mkdtempSync(path.join(tmpdir(), "webviews-"));
const { webviews } = await import(pathToFileURL(path.join(EXTENSION, "esbuild.webviews.mjs")));
await build(webviews(path.join(built, "out", "webview")));
const { webviewHtml } = await hostSide("src/webview.ts");

/** The words that the extension would give: what `name`, exported by a file of its sources, returns. */
export async function strings(file, name) {
  return (await hostSide(file))[name]();
}

/** Plays `scenario` on the page `name`, which is closed whatever happens. */
export async function onPage(name, options, scenario) {
  const opened = await openPage(name, options);
  try {
    await scenario(opened);
  } finally {
    await opened.close();
  }
}

/** Opens the page `name` with its words and waits until it has run. */
async function openPage(name, { words = {}, images = false, theme = "dark", width = 300, height = 900, zoom = 1, motion = "reduce", state } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  const { kind, dark, variables } = THEMES[theme];
  const context = await browser.newContext({
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: zoom,
    reducedMotion: motion,
    colorScheme: dark ? "dark" : "light",
    forcedColors: "none",
    bypassCSP: false,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const opened = new Page(browser, page);
  await page.exposeFunction("hostHears", (message) => opened.hear(message));
  await page.addInitScript(pretend, { kind, variables, state });
  await page.route(/.*/, (route) => route.fulfill(file(route.request().url(), name, words, images)));
  await page.goto(`${ORIGIN}/`);
  return opened;
}

class Page {
  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
    this.answers = () => undefined;
    this.heard = [];
    this.waiting = [];
    this.wrong = [];
    page.on("console", (message) => message.type() === "error" && this.wrong.push(message.text()));
    page.on("pageerror", (error) => this.wrong.push(String(error)));
  }

  /** `script(message)` says what the extension answers: a message, a promise of one, or nothing. What was asked already is answered, too. */
  async answer(script) {
    this.answers = script;
    for (const message of this.heard.filter(({ answered }) => !answered)) await this.reply(message);
  }

  /** A message from the extension, unasked. */
  async tell(message) {
    await this.page.evaluate((data) => window.dispatchEvent(new MessageEvent("message", { data })), message);
  }

  /** The next message of `type`, or the one that came since the last was taken. */
  async said(type) {
    const found = this.heard.find((message) => message.type === type && !message.taken);
    if (found !== undefined) {
      found.taken = true;
      return found.said;
    }
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`The page has not said "${type}".`)), PATIENCE);
      this.waiting.push({ type, resolve: (said) => (clearTimeout(late), resolve(said)) });
    });
  }

  /** Forgets what was said. */
  forget() {
    this.heard = [];
  }

  /** What the page keeps over a reload. */
  state() {
    return this.page.evaluate(() => window.keptState);
  }

  /** Neither axe nor the browser has found anything wrong. */
  async accessible() {
    // Not by a script element: the page's policy lets nobody in.
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const words = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join("\n")}`);
    assert.deepEqual(words, []);
    assert.deepEqual(this.wrong, []);
  }

  /** Nothing is wider than the page. */
  async fits() {
    const [wanted, given] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wanted <= given, `the page is ${wanted} pixels wide where there are ${given}`);
  }

  async screenshot(name) {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.evaluate(() => document.fonts.ready);
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  async close() {
    await this.browser.close();
  }

  async hear(said) {
    const message = { type: said.type, said, taken: false, answered: false };
    const waiter = this.waiting.find(({ type }) => type === said.type);
    if (waiter !== undefined) {
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
      message.taken = true;
      waiter.resolve(said);
    }
    this.heard.push(message);
    await this.reply(message);
  }

  async reply(message) {
    const answer = await this.answers(message.said);
    if (answer === undefined) return;
    message.answered = true;
    await this.tell(answer);
  }
}

/** Runs in the page before it: what VS Code gives to a webview. */
function pretend({ kind, variables, state }) {
  window.keptState = state;
  let taken = false;
  window.acquireVsCodeApi = () => {
    if (taken) throw new Error("An instance of the VS Code API has already been acquired");
    taken = true;
    return {
      postMessage: (message) => void window.hostHears(structuredClone(message)),
      getState: () => window.keptState,
      setState: (kept) => (window.keptState = structuredClone(kept)),
    };
  };
  // Before the page's own script, which is deferred.
  const dress = () => {
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
    document.documentElement.style.background = variables["sideBar-background"];
    document.body.classList.add(kind);
  };
  document.addEventListener("readystatechange", () => document.readyState === "interactive" && dress());
}

/** What the page loads: itself and what was built for it, nothing else. */
function file(url, name, words, images) {
  const { origin, pathname } = new URL(url);
  if (origin !== ORIGIN) return { status: 404, body: "" };
  if (pathname === "/") return { contentType: "text/html", body: html(name, words, images) };
  if (pathname === "/favicon.ico") return { status: 204, body: "" };
  return { contentType: TYPES[path.extname(pathname)], body: readFileSync(path.join(built, pathname)) };
}

function html(name, words, images) {
  const webview = { cspSource: ORIGIN, asWebviewUri: (uri) => `${ORIGIN}${uri}` };
  return webviewHtml(webview, "", name, name, words, { images });
}

/** A file of the extension's sources, in a VS Code that translates nothing. */
async function hostSide(source) {
  const outfile = path.join(built, `${path.basename(source, ".ts")}.mjs`);
  const vscode = `
    export const env = { language: "en" };
    export const l10n = { t: (text, ...values) => text.replaceAll(/\\{(\\d)\\}/g, (place, index) => values[index] ?? place) };
    export const Uri = { joinPath: (base, ...parts) => [base, ...parts].join("/") };`;
  const plugin = {
    name: "vscode",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^vscode$/ }, () => ({ path: "vscode", namespace: "pretended" }));
      onLoad({ filter: /.*/, namespace: "pretended" }, () => ({ contents: vscode }));
    },
  };
  await build({ entryPoints: [path.join(EXTENSION, source)], outfile, bundle: true, platform: "node", format: "esm", plugins: [plugin], logLevel: "error" });
  return import(pathToFileURL(outfile));
}
