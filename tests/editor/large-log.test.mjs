import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";

const LOG = "prints.jl log";
/** Lines that one action fetches. */
const PAGE = 10_000;

test("a million lines", () =>
  inWorkbench("large-log", async (code) => {
    await code.openFile("prints.jl");
    await code.status("⬢ This computer").waitFor();
    await code.page.evaluate(watchFrames);
    await code.command("JuliaHub: Run This File");
    await code.shows(LOG, "line 1000000 of a long log", 180_000);
    await code.shows(LOG, "end of the log: complete, 1,000,00", 180_000);
    console.log(`longest frame while a million lines came: ${Math.round(await code.page.evaluate(() => window.longestFrame))} ms`);

    await opensQuickly(code);
    await scrolls(code);
    await showsEarlierLines(code);
    await findsWhatIsFarUp(code);
    await saves(code);
  }));

/** Closed and opened again: how long until the last line stands there. */
async function opensQuickly(code) {
  await code.focusEditor(LOG);
  await code.command("View: Close Editor");
  await code.page.locator(`.tab[aria-label*="${LOG}"]`).waitFor({ state: "detached" });
  await code.command("JuliaHub: Show Log");
  await code.answer("prints.jl").waitFor();
  const begin = Date.now();
  await code.pick("prints.jl");
  await code.shows(LOG, "line 1000000 of a long log");
  console.log(`a log of a million lines opens in ${Date.now() - begin} ms`);
  await code.shows(LOG, "end of the log");
}

async function scrolls(code) {
  await code.focusEditor(LOG);
  await code.status("following").waitFor();
  await code.page.evaluate(watchFrames);
  await code.until(code.status("paused"), () => code.page.keyboard.press("Control+Home"));
  for (let page = 0; page < 20; page += 1) await code.page.keyboard.press("PageDown");
  await code.page.keyboard.press("Control+Home");
  await earlierLens(code).waitFor();
  console.log(`longest frame while scrolling: ${Math.round(await code.page.evaluate(() => window.longestFrame))} ms`);
  await code.screenshot("large-log-earlier");
}

/** The page before comes above; what was read stays in sight. Two records are no lines of the script's loop. */
async function showsEarlierLines(code) {
  const earlier = await earlierLines(code);
  assert.ok(earlier >= 970_000, `${earlier} lines are left out`);
  await code.shows(LOG, `line ${earlier - 1} of a long log`);
  await showEarlier(code, earlier);
  await code.page.keyboard.press("Control+Home");
  await code.shows(LOG, `${(earlier - PAGE).toLocaleString("en")} earlier lines`);
  await code.shows(LOG, `line ${earlier - PAGE - 1} of a long log`);
  await code.focusEditor(LOG);
  await code.until(code.status("following"), () => code.page.keyboard.press("End"));
  await code.shows(LOG, "line 1000000 of a long log");
}

function earlierLens(code) {
  return code.editor(LOG).locator(".codelens-decoration a", { hasText: "earlier lines" });
}

/** Clicks the lens under the first line, in sight where Ctrl+Home ends. Again only while the first line says what it did before. */
async function showEarlier(code, earlier) {
  const before = code.editor(LOG).locator(".view-line", { hasText: `${earlier.toLocaleString("en")} earlier` }).first();
  await code.again(async () => {
    await code.focusEditor(LOG);
    await code.page.keyboard.press("Control+Home");
    await before.waitFor();
    await earlierLens(code).click();
  }, (timeout) => code.shows(LOG, `line ${earlier - 2} of a long log`, timeout));
}

/** How many lines the document's first one says are left out. */
async function earlierLines(code) {
  const line = code.editor(LOG).locator(".view-line", { hasText: "earlier" }).first();
  const [, count] = /([\d,]+)\searlier/.exec(await line.innerText());
  return Number(count.replaceAll(",", ""));
}

/** The first error is in the middle, and a filter finds what is there. */
async function findsWhatIsFarUp(code) {
  await code.command("JuliaHub: Go to First Error in Log");
  await code.shows(LOG, "Error: half way");
  await code.shows(LOG, "line 500000 of a long log");
  await code.status("paused").waitFor();
  await code.screenshot("large-log-first-error");
  await code.focusEditor(LOG);
  await code.ask("Control+Shift+F", "/line 77777 /", "Show the lines that match");
  await code.shows(LOG, "filter /line 77777 / matches one line");
  await code.shows(LOG, "line 77779 of a long log");
  await code.focusEditor(LOG);
  await code.again(() => code.page.keyboard.press("Escape"), (timeout) => code.shows(LOG, "line 77790 of a long log", timeout));
}

async function saves(code) {
  await code.focusEditor(LOG);
  await code.command("JuliaHub: Save Whole Log");
  await code.answer().waitFor(); // then the dialog knows the folder and the name
  await code.accept();
  await code.toast("The log of prints.jl is saved: 1,000,003 records").waitFor();
}

function watchFrames() {
  window.longestFrame = 0;
  let last = performance.now();
  const frame = (now) => {
    window.longestFrame = Math.max(window.longestFrame, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
