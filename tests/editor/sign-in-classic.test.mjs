import assert from "node:assert/strict";
import test from "node:test";
import { inWorkbench } from "./support/session.mjs";
import { begunSignIn, onThePage, waiting } from "./support/signIn.mjs";

const { HUB, NAME, PASSWORD } = process.env;
const SERVER = new URL(HUB).host;

test("a server that knows no codes", () =>
  inWorkbench("sign-in-classic", async (code) => {
    await code.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await code.openView("JuliaHub"); // which starts the extension: the folder has nothing of Julia
    await code.status("⬢").waitFor(); // wherever scripts run after the test before
    await code.command("JuliaHub: Focus on Servers View");
    await code.rows("Servers", "This computer").waitFor();
    const { page, words } = await begunSignIn(code, HUB, () => toAnotherServer(code), "Waiting for your approval");
    assert.match(words, /Waiting for your approval in the browser, \d+:\d\d left\. Copy Link · Open Page Again/);
    assert.ok(!words.includes("ode"), "there is no code, nor a link to copy one");
    await code.screenshot("38-classic");
    await onThePage(page, async () => {
      await page.getByLabel("Name").fill(NAME);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Approve" }).click();
      await page.getByRole("heading", { name: "Signed in" }).waitFor();
    });
    await code.rows("Servers", `${SERVER}, scripts run here, signed in as ${NAME}, token `).waitFor();
    await waiting(code).waitFor({ state: "detached" });
  }));

async function toAnotherServer(code) {
  await code.command("JuliaHub: Sign In");
  await code.pick("Another server…");
  await code.reply("Host name or address", HUB);
}
