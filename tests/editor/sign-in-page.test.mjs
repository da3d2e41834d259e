/**
 * One person at localhub's own pages, by roles and labels alone, as a screen reader finds them. `SCENARIO` names what happens, `PAGE` where it begins;
 * pytest holds the other end: the device that waits.
 */
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { chromium } from "playwright-core";

const { SCENARIO, PAGE, NAME, PASSWORD, CODE } = process.env;
const SCREENSHOTS = path.join(import.meta.dirname, "screenshots");
const HUB = new URL(PAGE).hostname;

const scenarios = {
  async approve(page) {
    await shot(page, "sign-in");
    await signInByKeyboard(page);
    await page.getByRole("heading", { name: `Let this program use the hub as ${NAME}?` }).waitFor();
    await page.getByText(CODE, { exact: true }).waitFor();
    await page.getByRole("definition").filter({ hasText: "test-device" }).waitFor();
    await shot(page, "approval");
    await keyboardTo(page, page.getByRole("button", { name: "Approve" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
    await shot(page, "approved");
  },

  async refuse(page) {
    await signInByKeyboard(page);
    await keyboardTo(page, page.getByRole("button", { name: "Refuse" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Refused" }).waitFor();
  },

  async lapse(page) {
    await signInByKeyboard(page);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    await page.getByRole("heading", { name: "This sign-in has lapsed" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0);
    await shot(page, "lapsed");
  },

  async typeTheCode(page) {
    await page.getByLabel("Code").fill("BBBB-BBBB");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "no sign-in with that code" }).waitFor();
    await page.getByLabel("Code").fill(CODE.toLowerCase().replace("-", " "));
    await shot(page, "code");
    await page.keyboard.press("Enter");
    await signInByKeyboard(page);
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
  },

  async wrongPassword(page) {
    await page.getByLabel("Name").fill(NAME);
    await page.getByLabel("Password").fill("not this one");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "Name or password is wrong." }).waitFor();
    await shot(page, "wrong-password");
  },

  async account(page) {
    await signInByKeyboard(page);
    const entry = page.getByRole("listitem").filter({ hasText: CODE });
    await shot(page, "account");
    await entry.getByRole("button", { name: "Revoke" }).click();
    await entry.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Signed out" }).waitFor();
    await page.goto(PAGE);
    await page.getByLabel("Password").waitFor();
  },

  async oneTimeCode(page) {
    await page.getByLabel("One-time code").fill(CODE);
    await shot(page, "one-time-code");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
  },

  async otherPages(page) {
    await signInByKeyboard(page);
    await page.getByRole("button", { name: "Approve" }).waitFor();
    const other = await page.context().newPage();
    await other.setContent(`<iframe src="${PAGE}"></iframe>`); // until the frame is loaded, too
    assert.match(other.frames()[1].url(), /^chrome-error:/, "the browser shows its own page in the frame");
    await other.setContent(`<form method="post" action="${PAGE}"><input name="decision" value="approve"><button>Win a prize</button></form>`);
    const [answer] = await Promise.all([other.waitForResponse((response) => response.url() === PAGE), other.getByRole("button").click()]);
    assert.equal(answer.status(), 403);
  },
};

test(SCENARIO, async () => {
  for (const colorScheme of SCENARIO === "approve" || SCENARIO === "account" ? ["light", "dark"] : ["light"]) {
    // In the second scheme only the looks are new: what it did once is done.
    if (colorScheme === "dark") await inBrowser(colorScheme, showAgain);
    else await inBrowser(colorScheme, scenarios[SCENARIO]);
  }
});

async function inBrowser(colorScheme, act) {
  const args = ["--no-sandbox", `--host-resolver-rules=MAP ${HUB} 127.0.0.1`];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
  const context = await browser.newContext({ colorScheme, ignoreHTTPSErrors: true, viewport: { width: 900, height: 760 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.dark = colorScheme === "dark";
  try {
    await page.goto(PAGE);
    await act(page);
    const unexpected = complaints.filter((text) => !/status of (400|403)/.test(text));
    assert.deepEqual(unexpected, [], "nothing that the page's own policy forbids");
  } catch (error) {
    await page.screenshot({ path: path.join(SCREENSHOTS, `failed-sign-in-page-${SCENARIO}.png`) });
    throw error;
  } finally {
    await browser.close();
  }
}

async function showAgain(page) {
  if (SCENARIO === "account") {
    await signInByKeyboard(page);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await shot(page, "account");
    return;
  }
  const waiting = process.env.SECOND_PAGE;
  await page.goto(waiting);
  await shot(page, "sign-in");
  await signInByKeyboard(page);
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await shot(page, "approval");
}

async function signInByKeyboard(page) {
  await page.getByLabel("Name").waitFor();
  await keyboardTo(page, page.getByLabel("Name"));
  await page.keyboard.type(NAME);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("contentinfo").filter({ hasText: `Signed in as ${NAME}` }).waitFor();
}

/** Tab until it has the focus, as someone without a mouse does. */
async function keyboardTo(page, target) {
  const focused = () => target.evaluate((element) => element === document.activeElement);
  for (let pressed = 0; pressed < 15 && !(await focused()); pressed++) await page.keyboard.press("Tab");
  assert.ok(await focused(), "reached by the Tab key");
}

const shot = (page, name) => page.screenshot({ path: path.join(SCREENSHOTS, `hub-${name}${page.dark ? "-dark" : ""}.png`) });
