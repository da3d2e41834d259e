import assert from "node:assert/strict";
import test from "node:test";
import { onPage, strings } from "./support/page.mjs";

const words = await strings("src/results/words.ts", "comparisonWords");
const HOSTILE = '<img src=x onerror="window.hacked = true">';
const job = (id, name, status = "Completed") => ({
  server: "this-computer", id, name, logHere: status === "Completed",
  job: { server: "this-computer", id, name, status, label: status, done: true, succeeded: status === "Completed", canRunAgain: true, started: 0, inputs: {}, outputs: "", results: [], files: [] },
});
const JOBS = [job("jr-aaaaaaaaaa", "fit, wide"), job("jr-bbbbbbbbbb", "fit, narrow"), job("jr-cccccccccc", "fit", "Failed")];
const text = (value) => (value === undefined ? { kind: "absent", text: "" } : { kind: "text", text: value });
const number = (value, shown = String(value), points) => (value === undefined ? text() : { kind: "number", text: shown, number: value, ...(points ? { trend: { points, first: points[0].toPrecision(4), last: points.at(-1).toPrecision(4), count: 1200 } } : {}) });
const row = (key, cells, differs = true) => ({ key, label: key, cells, differs, numeric: cells.every(({ kind }) => kind !== "text") });
const curve = (from) => Array.from({ length: 30 }, (_, n) => from * Math.exp(-n / 8) + Math.sin(n) / 40);
const COMPARISON = {
  jobs: JOBS,
  sections: [
    { id: "job", title: "Job", rows: [row("Name", JOBS.map(({ name }) => text(name))), row("Server", JOBS.map(() => text("this-computer")), false)] },
    { id: "inputs", title: "Inputs", rows: [row("width", [number(64), number(8), number(16)]), row("seed", [number(1), number(1), number(1)], false), row("note", [text(HOSTILE), text("plain"), text()])] },
    { id: "cluster", title: "Cluster and environment", rows: [row("Cluster", JOBS.map(() => text("2 nodes × 4 vCPU, 8 processes")), false), row("Memory per node", JOBS.map(() => number(16, "16 GB")), false)] },
    { id: "times", title: "Times and cost", rows: [row("Ran", [number(72, "1:12"), number(31, "0:31"), number(3, "0:03")]), row("Cost", [number(0.34, "$0.34"), number(0.15, "$0.15"), text()])] },
    { id: "summary", title: "Results", rows: [row("loss", [number(0.0213, "0.0213", curve(2)), number(0.138, "0.138", curve(1)), text()]), row("fit.steps", [number(1200), number(400), text()]), row("fit.method", [text("LBFGS"), text("LBFGS"), text()])] },
    { id: "logged", title: "Logged", rows: [row("gradient", [number(0.002, "0.002", curve(0.1)), number(0.04, "0.04", curve(0.3)), text()])] },
  ],
};

function onComparison(scenario, options = {}) {
  return onPage("compare", { words, width: 900, height: 900, ...options }, async (page) => {
    await page.answer(({ type }) => (type === "ready" ? { type: "comparison", comparison: COMPARISON, servers: { "this-computer": "This computer" } } : undefined));
    await page.page.getByRole("columnheader").first().waitFor();
    await scenario(page);
  });
}

const columns = (page) => page.page.locator("thead th .id").allTextContents();

for (const theme of ["light", "dark", "hc", "hc-light"]) {
  test(`side by side: ${theme}`, async () => {
    await onComparison(async (page) => {
      await page.page.getByText("9 of 13 rows differ").waitFor();
      await page.page.getByRole("img", { name: "from 2.000 to 0.03671 over 1200 values" }).waitFor();
      await page.page.getByText("Numbers that fit logged are not shown").waitFor();
      await page.accessible();
      await page.screenshot(`compare-${theme}`);
    }, { theme });
  });
}

for (const [name, options] of Object.entries({ narrow: { width: 200, height: 700 }, zoomed: { width: 900, zoom: 2 } })) {
  test(`fits, the header and the first column stay: ${name}`, async () => {
    await onComparison(async (page) => {
      await page.fits();
      const places = await page.page.evaluate(() => {
        const scroll = document.querySelector(".scroll");
        scroll.scrollTo(200, 200);
        const box = scroll.getBoundingClientRect();
        const left = (selector) => Math.round(document.querySelector(selector).getBoundingClientRect().left - box.left);
        return [scroll.scrollLeft > 0, left("tbody th[scope=row]"), left(".section span"), Math.round(document.querySelector("thead th").getBoundingClientRect().top - box.top)];
      });
      assert.deepEqual(places, [true, 0, 0, 0]);
      await page.screenshot(`compare-${name}`);
    }, options);
  });
}

test("only what differs, and it stays so", async () => {
  let kept;
  await onComparison(async (page) => {
    await page.page.getByLabel("Only differences").check();
    assert.equal(await page.page.getByText("seed", { exact: true }).count(), 0);
    assert.equal(await page.page.getByRole("rowheader", { name: "Cluster and environment" }).count(), 0);
    assert.equal((await page.state()).onlyDifferences, true);
    assert.deepEqual((await page.state()).jobs[0], { server: "this-computer", job: "jr-aaaaaaaaaa" });
    await page.accessible();
    await page.screenshot("compare-differences");
    kept = await page.state();
  });
  await onComparison(async (again) => {
    assert.equal(await again.page.getByLabel("Only differences").isChecked(), true);
  }, { state: kept });
});

test("jobs are sorted by a row, by keyboard, with the order said", async () => {
  await onComparison(async (page) => {
    const loss = page.page.getByTitle("Sort the jobs by loss");
    await loss.focus();
    await page.page.keyboard.press("Enter");
    assert.deepEqual(await columns(page), ["jr-aaaaaaaaaa", "jr-bbbbbbbbbb", "jr-cccccccccc"]);
    assert.equal(await page.page.locator("th", { has: loss }).getAttribute("aria-sort"), "ascending");
    await page.page.keyboard.press("Enter");
    assert.deepEqual(await columns(page), ["jr-bbbbbbbbbb", "jr-aaaaaaaaaa", "jr-cccccccccc"]);
    assert.equal(await page.page.locator("th", { has: loss }).getAttribute("aria-sort"), "descending");
    await page.page.getByRole("status").filter({ hasText: "sorted by loss, largest first" }).waitFor({ state: "attached" });
    await page.accessible();
    await page.screenshot("compare-sorted");
    await page.page.keyboard.press("Enter");
    assert.deepEqual(await columns(page), ["jr-aaaaaaaaaa", "jr-bbbbbbbbbb", "jr-cccccccccc"]);
  });
});

test("jobs are added and removed, results opened, the table exported", async () => {
  await onComparison(async (page) => {
    await page.page.getByRole("button", { name: "Remove fit, narrow from the comparison" }).click();
    assert.deepEqual(await page.said("remove"), { type: "remove", job: { server: "this-computer", job: "jr-bbbbbbbbbb" } });
    await page.page.getByRole("button", { name: "Add job…" }).click();
    await page.said("add");
    await page.page.getByTitle("Show the results of fit, wide").click();
    assert.deepEqual((await page.said("show")).job, { server: "this-computer", job: "jr-aaaaaaaaaa" });
    await page.page.getByRole("button", { name: "Export as CSV…" }).click();
    await page.said("export");
  });
});

test("hostile values are text", async () => {
  await onComparison(async (page) => {
    await page.page.getByText(HOSTILE).waitFor();
    assert.equal(await page.page.evaluate(() => window.hacked), undefined);
  });
});

test("a job whose server is away has a column that says so", async () => {
  const problem = "https://hub.example.org cannot be reached. Your jobs go on there.";
  const away = { server: "hub.example.org", id: "jr-dddddddddd", name: "jr-dddddddddd", problem };
  const sections = COMPARISON.sections.map((section) => ({ ...section, rows: section.rows.map((one) => ({ ...one, cells: [...one.cells, text()] })) }));
  await onComparison(async (page) => {
    await page.tell({ type: "comparison", comparison: { jobs: [...JOBS, away], sections }, servers: {} });
    await page.page.getByRole("columnheader", { name: problem }).waitFor();
    assert.equal((await page.state()).jobs.length, 4);
    await page.accessible();
    await page.screenshot("compare-away");
  });
});
