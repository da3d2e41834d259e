import test from "node:test";
import { openPage } from "./support/page.mjs";

test("opens", async () => {
  const page = await openPage("run");
  await page.accessible();
  await page.close();
});
