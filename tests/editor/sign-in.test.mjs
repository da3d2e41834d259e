import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";
import { begunSignIn, copied, onThePage, waiting } from "./support/signIn.mjs";

const { HUB, NAME, PASSWORD, HUB_PID, HUB_COMMAND } = process.env;
const SERVER = new URL(HUB).host;
const ACCOUNT = `${NAME} · ${SERVER}`;

test("signing in, out, refused, cancelled, without a browser, from a failed run; a hub that goes and comes back", () =>
  inWorkbench("sign-in", async (code) => {
    await code.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await code.status("⬢ This computer").waitFor();
    await code.openFile("main.jl");
    await code.command("JuliaHub: Focus on Servers View");
    await code.rows("Servers", "This computer").waitFor();
    await approved(code);
    await inTheAccountsMenu(code);
    await signedOut(code);
    await refused(code);
    await cancelled(code);
    await noBrowser(code);
    await fromAFailedRun(code);
    await offlineAndBack(code);
    await elsewhere(code);
  }));

/** From *Where* in the form. The code is in the notification and on the page; the account is shown when the page is done. */
async function approved(code) {
  const { page, words } = await begun(code, async () => {
    await where(code).selectOption("Another server…");
    await code.reply("Host name or address", HUB);
  });
  assert.match(words, /Waiting for your approval in the browser, \d:\d\d left\. The code is [A-Z]{4}-[A-Z]{4}\./);
  await code.screenshot("30-sign-in");
  const shown = /The code is (\S+)\./.exec(words)[1];
  await code.page.bringToFront();
  assert.equal(await copied(code, "Copy Code", shown), shown);
  await onThePage(page, async () => {
    await page.getByLabel("Name").fill(NAME);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByText(shown, { exact: true }).waitFor();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
  });
  await code.rows("Servers", `${SERVER}, scripts run here, signed in as ${NAME}, token `).waitFor();
  await waiting(code).waitFor({ state: "detached" });
  await code.status(`⬢ ${SERVER}`).waitFor();
  await chosen(code, `● ${SERVER}`);
}

async function inTheAccountsMenu(code) {
  await openAccounts(code);
  await code.screenshot("31-accounts");
  await code.closeMenu();
  await code.command("Preferences: Toggle between Light/Dark Themes");
  await openAccounts(code);
  await code.screenshot("31-accounts-dark");
}

/** From the Accounts menu. It says what it cannot do. */
async function signedOut(code) {
  const signOut = code.page.locator(".monaco-dialog-box").getByRole("button", { name: "Sign Out" });
  await code.until(signOut, async () => {
    await openAccounts(code);
    await accountItem(code).hover();
    await code.page.locator(".monaco-menu .action-label", { hasText: "Sign Out" }).hover();
    await code.page.keyboard.press("Enter"); // a menu takes no click in its first moments
  });
  await code.until(code.toast("Other programs that copied the token keep it until"), () => signOut.click());
  await code.rows("Servers", `${SERVER}, scripts run here, signed out`).waitFor();
  await code.screenshot("32-signed-out-dark");
}

/** The form says why nothing can be started, and how to begin. */
async function refused(code) {
  await chosen(code, `○ ${SERVER} · sign in`);
  await code.form.locator("#obstacle", { hasText: `You are not signed in to ${SERVER}.` }).waitFor();
  const { page } = await begun(code, () => code.form.getByRole("button", { name: "Sign in" }).click());
  await code.screenshot("33-sign-in-dark");
  await onThePage(page, async () => {
    await page.getByRole("button", { name: "Refuse" }).click();
    await page.getByRole("heading", { name: "Refused" }).waitFor();
  });
  const sentence = code.toast("it was refused in the browser. Nothing has changed.");
  await sentence.waitFor();
  await sentence.getByRole("button", { name: "Sign in" }).waitFor();
  await code.screenshot("34-refused-dark");
}

/** Nothing is said, and nothing has changed: whoever cancels knows. */
async function cancelled(code) {
  const { page } = await begun(code, () => code.toast("it was refused").getByRole("button", { name: "Sign in" }).click());
  await page.close();
  await cancel(code);
  await code.rows("Servers", `${SERVER}, scripts run here, signed out`).waitFor();
}

/** Over SSH and in containers: the address stands in the notification, to be opened on any device. */
async function noBrowser(code) {
  await code.page.evaluate(() => {
    window.opens = window.open;
    window.open = () => {
      throw new Error("no browser here");
    };
  });
  await code.command("JuliaHub: Sign In");
  await waiting(code).getByText(`No browser opened. Open ${HUB}/`).waitFor();
  const words = await waiting(code).innerText();
  assert.match(words, /on any device\. Waiting for your approval in the browser, \d:\d\d left\. The code is [A-Z]{4}-[A-Z]{4}\./);
  await code.screenshot("35-no-browser-dark");
  await code.page.evaluate(() => {
    window.open = window.opens;
  });
  await cancel(code);
}

/** Where nobody is signed in a run says so, and its button begins the sign-in. */
async function fromAFailedRun(code) {
  await code.command("JuliaHub: Run This File");
  const sentence = code.toast(`You are not signed in to ${SERVER}. Sign in and try again.`);
  await sentence.waitFor();
  await code.screenshot("36-failed-run-dark");
  await code.atAPersonsPace();
  const { page } = await begun(code, () => sentence.getByRole("button", { name: "Sign in" }).click());
  await onThePage(page, async () => {
    await page.getByRole("button", { name: "Approve" }).click(); // this browser is still signed in to the hub
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
  });
  await code.rows("Servers", `${SERVER}, scripts run here, signed in as ${NAME}, token `).waitFor();
}

/** Offline is a state that is shown, and left by itself. */
async function offlineAndBack(code) {
  process.kill(Number(HUB_PID), "SIGKILL");
  await code.command("JuliaHub: Refresh Jobs");
  await code.rows("Servers", `${SERVER}, scripts run here, offline since `).waitFor();
  await code.screenshot("37-offline-dark");
  const hub = spawn(JSON.parse(HUB_COMMAND)[0], JSON.parse(HUB_COMMAND).slice(1), { stdio: "ignore" });
  try {
    await code.rows("Servers", `${SERVER}, scripts run here, signed in as ${NAME}, token `).waitFor();
  } finally {
    hub.kill();
  }
}

/** A click on a row chooses where scripts run, and so does the form: it is one thing. */
async function elsewhere(code) {
  await code.until(code.rows("Servers", "This computer, scripts run here"), () => code.rows("Servers", "This computer").click());
  await code.rows("Servers", `${SERVER}, `).waitFor();
  await chosen(code, "● This computer");
  await code.until(code.rows("Servers", `${SERVER}, scripts run here`), () => where(code).selectOption(SERVER));
}

function where(code) {
  return code.form.getByRole("combobox", { name: "Where" });
}

function chosen(code, label) {
  return code.form.locator("select[aria-label=Where] option:checked", { hasText: label }).waitFor({ state: "attached" });
}

/** As `begunSignIn`, of a device: the notification has a code. */
async function begun(code, start) {
  return begunSignIn(code, HUB, start, "The code is");
}

/** In the notification, which is drawn anew while it counts down. */
async function cancel(code) {
  const press = () => waiting(code).getByRole("button", { name: "Cancel" }).click();
  await code.again(press, (timeout) => waiting(code).waitFor({ state: "detached", timeout }));
}

async function openAccounts(code) {
  await code.openMenu(accountItem(code), () => code.page.locator('.activitybar .action-label[aria-label^="Accounts"]').click());
}

function accountItem(code) {
  return code.page.locator(".monaco-menu .action-label", { hasText: ACCOUNT });
}
