import assert from "node:assert/strict";
import test from "node:test";
import { onPage, strings } from "./support/page.mjs";

const words = await strings("src/log/plotWords.ts", "plotWords");
const START = Date.UTC(2026, 10, 22, 14, 2, 11);

function series(keyword, worker, valueAt, count = 60) {
  const points = Array.from({ length: count }, (_, at) => ({ id: at + 1, time: START + at * 1000, step: at + 1, value: valueAt(at) }));
  return { keyword, worker, count, points };
}

const loss = (worker) => series("loss", worker, (at) => 2 * Math.exp(-at / (10 + 3 * worker)) + 0.05 * Math.sin(at + worker) + 0.1);
const ALL = [loss(1), loss(2), loss(3), series("accuracy", 1, (at) => 1 - Math.exp(-at / 8))];

function shown({ chosen = ["loss", "accuracy"], from = ALL, keywords = ["epoch", "loss", "accuracy"], complete = false } = {}) {
  return {
    type: "show",
    keywords: keywords.map((name) => ({ name, numeric: true, count: 60 })),
    chosen,
    series: from.filter(({ keyword }) => chosen.includes(keyword)),
    complete,
  };
}

/** The page with an extension that answers, and what is asked of it. */
const plot = (options, scenario, message = shown()) =>
  onPage("plot", { words, width: 640, height: 760, ...options }, async (page) => {
    await page.answer((said) => (said.type === "chosen" ? shown({ chosen: said.keywords }) : message));
    await scenario(page, page.page);
  });

for (const theme of ["light", "dark", "hc", "hc-light"]) {
  test(`two keywords, three processes, ${theme}`, () =>
    plot({ theme }, async (page, view) => {
      await view.getByRole("img", { name: "loss over" }).hover();
      await view.getByText("As a table").click();
      await view.getByRole("rowheader", { name: "accuracy" }).waitFor();
      await page.accessible();
      await page.fits();
      await page.screenshot(`plot-${theme}`);
    }));
}

test("a narrow panel, and 200 %", async () => {
  for (const [name, options] of [["narrow", { width: 260 }], ["zoom", { zoom: 2 }]]) {
    await plot(options, async (page, view) => {
      await view.getByRole("img", { name: "loss over" }).waitFor();
      await page.accessible();
      await page.fits();
      await page.screenshot(`plot-${name}`);
    });
  }
});

test("keywords are chosen, and the extension hears which", () =>
  plot({}, async (page, view) => {
    await view.getByRole("checkbox", { name: "loss" }).uncheck();
    assert.deepEqual((await page.said("chosen")).keywords, ["accuracy"]);
    await view.getByRole("img", { name: "loss over" }).waitFor({ state: "detached" });
    await view.getByRole("checkbox", { name: "accuracy" }).uncheck();
    await view.getByText("Choose a keyword to plot.").waitFor();
  }));

test("the arrow keys read the values, also while new ones come", () =>
  plot({}, async (page, view) => {
    const chart = view.getByRole("img", { name: "accuracy over" });
    await chart.focus();
    await view.keyboard.press("Home");
    await view.getByText("0 at 1", { exact: true }).waitFor();
    await view.keyboard.press("ArrowRight");
    await view.getByText("0.1175 at 2", { exact: true }).waitFor();
    await page.tell(shown({ from: [...ALL.slice(0, 3), series("accuracy", 1, (at) => at, 80)] }));
    await view.keyboard.press("End");
    await view.getByText("79 at 80", { exact: true }).waitFor();
  }));

test("over time, and by powers of ten, are kept over a reload", () =>
  plot({}, async (page, view) => {
    await view.getByRole("combobox", { name: "Across" }).selectOption("time");
    await view.getByRole("checkbox", { name: "Logarithmic" }).check();
    await view.getByRole("img", { name: "loss over time" }).waitFor();
    assert.deepEqual(await page.state(), { across: "time", logarithmic: true, table: false });
    await page.screenshot("plot-logarithmic");
  }));

test("a log without numbers says how to log some", () =>
  plot({}, async (page, view) => {
    await view.getByText("No numbers to plot so far").waitFor();
    await page.accessible();
  }, shown({ keywords: [], chosen: [] })));

test("values that are no numbers, and only one, break nothing", () =>
  plot({}, async (page, view) => {
    await view.getByRole("img", { name: "loss over" }).waitFor();
    await page.accessible();
  }, shown({ chosen: ["loss"], from: [series("loss", 1, () => 0.5, 1), series("loss", 2, () => -1, 2)] })));
