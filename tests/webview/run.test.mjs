import assert from "node:assert/strict";
import test from "node:test";
import { extension, formOf, SCRIPT, shown } from "./support/forms.mjs";
import { onPage, strings } from "./support/page.mjs";

const words = await strings("src/run/strings.ts", "runStrings");
const CLUSTER = { node: "m4", nodes: 2, processPerVcpu: true, minNodes: 2 };
const ALL = { ...CLUSTER, name: "pi sweep", env: { SEED: "42", STEPS: "1000000" }, port: 8080, portAccess: "password", image: "Julia 1.12" };

/** The page with an extension that answers, and whatever is asked of it. */
const form = (first, options, scenario) =>
  onPage("run", { words, ...options }, async (page) => {
    await page.answer(extension(first));
    await page.page.getByRole("button", { name: "Start job" }).waitFor();
    await scenario(page, page.page);
  });

for (const theme of ["light", "dark", "hc", "hc-light"]) {
  test(`everything unfolded, ${theme}`, () =>
    form(ALL, { theme, state: { more: true }, height: 1320 }, async (page) => {
      await page.page.locator(".environment summary").click();
      await page.page.getByText("Manifest.toml").waitFor();
      await page.page.getByText("1 master + 7 workers on 2 nodes", { exact: true }).waitFor();
      await page.accessible();
      await page.fits();
      await page.screenshot(`run-all-${theme}`);
    }));
}

test("as a script is opened", () =>
  form({}, {}, async (page, view) => {
    await page.accessible();
    await page.screenshot("run-first");
    assert.equal(await view.getByLabel("Nodes", { exact: true }).isVisible(), false);
  }));
