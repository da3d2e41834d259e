import assert from "node:assert/strict";
import test from "node:test";
import { onPage, strings } from "./support/page.mjs";

const words = await strings("src/results/words.ts", "resultsWords");
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="140" onload="window.hacked = true"><script>window.hacked = true</script>
<path d="M30 10v110h260" stroke="black" fill="none"/><path d="M30 100C90 20 150 90 280 30" stroke="#4063d8" stroke-width="3" fill="none"/></svg>`;
const HOSTILE = '<img src=x onerror="window.hacked = true">';
const SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const row = (path, depth, kind, text, entries) => ({ key: path.split(".").at(-1), path, depth, kind, text, ...(entries === undefined ? {} : { entries }) });
const JOB = {
  server: "this-computer", id: "jr-xf4tslavut", name: "pi sweep", status: "Completed", label: "Completed 1:12", done: true, succeeded: true,
  canRunAgain: true, inputs: {}, outputs: "{}", files: [],
};
const RESULTS = {
  job: JOB, outputs: "{}", cut: false, summary: {}, directory: "file:///project/juliahub-results/jr-xf4tslavut",
  rows: [
    row("pi", 0, "number", "3.14159265"), row("darts_per_second", 0, "number", "12840112"), row("converged", 0, "flag", "true"),
    row("fit", 0, "group", "", 3), row("fit.loss", 1, "number", "0.0213"), row("fit.method", 1, "text", "LBFGS"), row("fit.bounds", 1, "group", "", 2),
    row("fit.bounds.low", 2, "number", "-1.5"), row("fit.bounds.high", 2, "number", "20"), row("note", 0, "text", HOSTILE),
  ],
  files: [
    { name: "darts.svg", size: 2131, kind: "image", sha256: SHA, uri: "file:///project/darts.svg", verified: true },
    { name: "estimates.csv", size: 5210, kind: "table", sha256: SHA },
    { name: "results.tar.gz", size: 48_000, kind: "archive", sha256: SHA, unpacked: 2, verified: true },
    { name: "checkpoint.bin", size: 240_000_000, kind: "other", sha256: SHA, arrived: 83_000_000 },
    { name: HOSTILE, size: 12, kind: "text" },
  ],
};
const PREVIEWS = {
  "darts.svg": { kind: "image", size: 2131, whole: true, mediaType: "image/svg+xml", base64: Buffer.from(SVG).toString("base64") },
  "estimates.csv": {
    kind: "table", size: 5210, whole: false, note: "The first 200 lines of 5.2 kB.", header: ["n", "estimate", HOSTILE], columns: 3, numeric: [true, true, false], ragged: 1,
    lines: Array.from({ length: 40 }, (_, n) => [String(10 ** (n % 7)), (3.1 + n / 1000).toFixed(6), n % 2 ? "darts" : "needles"]),
  },
  "results.tar.gz": {
    kind: "archive", size: 48_000, whole: true, members: [{ name: "out/config.json", size: 40, kind: "json" }, { name: "out/run.log", size: 80, kind: "text" }],
  },
  "out/config.json": { kind: "json", size: 40, whole: true, text: '{\n  "seed": 1,\n  "name": "<b>bold</b>"\n}' },
};

function extension(results = RESULTS) {
  return (message) => {
    if (message.type === "ready") return { type: "results", results, server: "This computer" };
    if (message.type === "preview") return { type: "preview", place: message.place, preview: PREVIEWS[message.place.member ?? message.place.name] };
    return undefined;
  };
}

function onResults(scenario, options = {}, results = RESULTS) {
  return onPage("results", { words, images: true, width: 900, height: 1000, ...options }, async (page) => {
    await page.answer(extension(results));
    await scenario(page);
  });
}

for (const theme of ["light", "dark", "hc", "hc-light"]) {
  test(`summary, files and previews: ${theme}`, async () => {
    await onResults(async (page) => {
      await page.page.getByRole("img", { name: "Preview of darts.svg" }).waitFor();
      await page.page.getByRole("button", { name: "Preview of out/config.json" }).click();
      await page.page.getByText('"seed": 1').waitFor();
      assert.equal(await page.page.evaluate(() => window.hacked), undefined);
      assert.equal(await page.page.locator("svg, script:not([nonce]), b").count(), 0);
      await page.accessible();
      await page.screenshot(`results-${theme}`);
    }, { theme });
  });
}

test("each entry of the summary is a line, their values stand below each other", async () => {
  await onResults(async (page) => {
    await page.page.getByRole("rowheader", { name: "converged" }).waitFor();
    const rows = await page.page.locator("table.summary tbody tr").evaluateAll((lines) =>
      lines.map((line) => [Math.round(line.getBoundingClientRect().top), Math.round(line.cells[1].getBoundingClientRect().left)]),
    );
    assert.ok(rows.length > 5);
    for (const [number, [top, left]] of rows.entries()) assert.ok(left === rows[0][1] && (number === 0 || top > rows[number - 1][0]), JSON.stringify(rows));
  });
});

test("hostile names and values are text", async () => {
  await onResults(async (page) => {
    assert.equal(await page.page.getByText(HOSTILE).count(), 3);
    assert.equal(await page.page.evaluate(() => window.hacked), undefined);
  });
});

for (const [name, options] of Object.entries({ narrow: { width: 200 }, zoomed: { width: 640, zoom: 2 } })) {
  test(`fits: ${name}`, async () => {
    await onResults(async (page) => {
      await page.page.getByRole("img", { name: "Preview of darts.svg" }).waitFor();
      await page.fits();
      await page.screenshot(`results-${name}`);
    }, options);
  });
}

test("groups fold, by keyboard too, and stay so", async () => {
  await onResults(async (page) => {
    const fold = page.page.getByRole("button", { name: "fit", exact: true });
    await fold.focus();
    await page.page.keyboard.press("Enter");
    assert.equal(await fold.getAttribute("aria-expanded"), "false");
    assert.equal(await page.page.getByText("LBFGS").isVisible(), false);
    assert.deepEqual((await page.state()).folded, ["fit"]);
    assert.deepEqual((await page.state()).job, { server: "this-computer", job: "jr-xf4tslavut" });
  });
  await onResults(async (again) => {
    await again.page.getByText("darts_per_second").waitFor();
    assert.equal(await again.page.getByText("LBFGS").isVisible(), false);
    assert.equal(await again.page.getByRole("img", { name: "Preview of darts.svg" }).count(), 0);
  }, { state: { folded: ["fit"], seen: { '["darts.svg"]': false } } });
});

test("values and hashes are copied", async () => {
  await onResults(async (page) => {
    await page.page.getByRole("button", { name: "Copy the value of fit.loss" }).click();
    assert.deepEqual(await page.said("copy"), { type: "copy", text: "0.0213" });
    await page.page.getByRole("button", { name: `${SHA.slice(0, 8)}: copy the SHA-256 of darts.svg` }).click();
    assert.deepEqual(await page.said("copy"), { type: "copy", text: SHA });
  });
});

test("a download shows how far it is, is paused and resumed", async () => {
  await onResults(async (page) => {
    await page.page.getByText("Paused at 83 MB of 240 MB").waitFor();
    await page.page.getByRole("button", { name: "Resume the download of checkpoint.bin" }).click();
    assert.deepEqual(await page.said("download"), { type: "download", names: ["checkpoint.bin"] });
    const message = "Downloading checkpoint.bin: 120.0 MB of 240.0 MB (12.4 MB/s, 0:10 left)";
    await page.tell({ type: "downloads", downloads: { "checkpoint.bin": { message: "" } } });
    await page.tell({ type: "downloads", downloads: { "checkpoint.bin": { message, percentage: 50 } } });
    await page.page.getByText("120.0 MB of 240.0 MB (12.4 MB/s, 0:10 left)").waitFor();
    const pause = page.page.getByRole("button", { name: "Pause the download of checkpoint.bin" });
    assert.equal(await pause.evaluate((button) => button === document.activeElement), true);
    assert.equal(await page.page.getByRole("progressbar").evaluate((bar) => bar.value), 50);
    await page.accessible();
    await page.screenshot("results-downloading");
    await pause.click();
    assert.deepEqual(await page.said("pause"), { type: "pause", name: "checkpoint.bin" });
  });
});

test("a text that was cut says so; a job without results says how to have some", async () => {
  const text = { ...RESULTS, rows: [], files: [], outputs: "line\n".repeat(200), cut: true };
  await onResults(async (page) => {
    await page.page.getByText("Its end is probably missing").waitFor();
    await page.accessible();
    await page.screenshot("results-cut");
    await page.tell({ type: "results", results: { ...text, outputs: "" }, server: "This computer" });
    await page.page.getByText("The job left no results.").waitFor();
    await page.tell({ type: "failed", message: "This computer cannot be reached." });
    await page.page.getByRole("alert").getByText("cannot be reached").waitFor();
  }, {}, text);
});
