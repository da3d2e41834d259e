/** The numbers of a log as lines: which keywords, across what, and the charts. */
import type { FromPlot, ToPlot } from "../../src/log/plotMessages";
import type { LogSeries } from "../../src/protocol";
import { Bridge, type Talk } from "../kit/bridge";
import { attribute, byId, fill, make, setText } from "../kit/dom";
import { LiveRegion } from "../kit/live";
import { format, readStrings } from "../kit/strings";
import { chart, type Choices, type Words } from "./chart";
import { short } from "./scales";
import "./plot.css";

interface PlotTalk extends Talk {
  readonly incoming: ToPlot;
  readonly outgoing: FromPlot;
  readonly state: Choices & { readonly table: boolean };
}

const strings = readStrings();
const say = (key: string, ...values: (string | number)[]): string => format(strings[key] ?? key, ...values);
const bridge = new Bridge<PlotTalk>();
const live = new LiveRegion();
const saved = bridge.load();
let choices: Choices = { across: saved.across ?? "step", logarithmic: saved.logarithmic ?? false };
let shown: ToPlot | undefined;

const keywords = make("div", { class: "keywords", role: "group", "aria-label": say("choose") });
const across = make("select", { "aria-label": say("across"), on: { change: rechoose } }, option("step"), option("time"));
const scale = make("input", { type: "checkbox", id: "logarithmic", on: { change: rechoose } });
const state = make("span", { class: "state muted" });
const options = make(
  "div",
  { class: "options" },
  make("label", {}, say("across"), " ", make("span", { class: "select" }, across)),
  make("label", { for: "logarithmic" }, scale, " ", say("logarithmic")),
  state,
);
const charts = make("div", { class: "charts" });
const body = make("div", {});
const table = make("details", { on: { toggle: save } }, make("summary", {}, say("table")), body);

across.value = choices.across;
scale.checked = choices.logarithmic;
attribute(table, "open", saved.table);
fill(byId("root"), keywords, options, charts, table);
bridge.on("show", (message) => {
  shown = message;
  draw();
});
new ResizeObserver(draw).observe(charts);
bridge.post({ type: "ready" });

function draw(): void {
  if (shown === undefined) return;
  drawKeywords(shown);
  setText(state, say(shown.complete ? "complete" : "live"));
  options.hidden = table.hidden = shown.series.length === 0;
  const width = Math.max(220, charts.clientWidth);
  const names = [...new Set(shown.series.map(({ keyword }) => keyword))];
  const { series } = shown;
  const reader = document.activeElement?.closest("figure")?.dataset["keyword"];
  const figures = names.map((keyword) => {
    const figure = chart(keyword, series.filter((one) => one.keyword === keyword), width, choices, WORDS);
    figure.dataset["keyword"] = keyword;
    return figure;
  });
  fill(charts, ...(figures.length > 0 ? figures : [make("p", { class: "muted" }, say(shown.keywords.length > 0 ? "chooseOne" : "none"))]));
  // A chart that someone reads with the keyboard is drawn anew under them.
  figures.find(({ dataset }) => dataset["keyword"] === reader)?.querySelector<SVGElement>(".plot")?.focus();
  fill(body, tableOf(shown.series));
}

const WORDS: Words = {
  worker: (worker) => (worker === 1 ? say("master") : say("worker", worker)),
  chart: (keyword) => say("chart", keyword, say(choices.across)),
  at: (value, place) => say("at", value, place),
  say: (sentence) => {
    live.say(sentence);
  },
};

/** Boxes stay as long as the keywords do: one that has the focus keeps it. */
function drawKeywords({ keywords: all, chosen }: ToPlot): void {
  const known = [...keywords.querySelectorAll("input")];
  if (known.map(({ value }) => value).join("\n") !== all.map(({ name }) => name).join("\n")) {
    fill(keywords, ...all.map(({ name }) => make("label", {}, make("input", { type: "checkbox", value: name, on: { change: choose } }), " ", name)));
  }
  for (const box of keywords.querySelectorAll("input")) box.checked = chosen.includes(box.value);
}

function choose(): void {
  const boxes = [...keywords.querySelectorAll("input")];
  bridge.post({ type: "chosen", keywords: boxes.filter(({ checked }) => checked).map(({ value }) => value) });
}

function rechoose(): void {
  choices = { across: across.value === "time" ? "time" : "step", logarithmic: scale.checked };
  save();
  draw();
}

function save(): void {
  bridge.save({ ...choices, table: table.open });
}

function tableOf(series: readonly LogSeries[]): HTMLElement {
  const heads = ["keyword", "process", "values", "first", "last", "smallest", "largest"];
  const rows = series.map(({ keyword, worker, count, points }) => {
    const values = points.map(({ value }) => value);
    const numbers = [values[0], values.at(-1), Math.min(...values), Math.max(...values)].map((value) => short(value ?? 0));
    const cells = [WORDS.worker(worker), count.toLocaleString(), ...numbers].map((text, at) => make("td", { class: at > 0 ? "number" : "process" }, text));
    return make("tr", {}, make("th", { scope: "row" }, keyword), ...cells);
  });
  const head = make("tr", {}, ...heads.map((key) => make("th", { scope: "col" }, say(key))));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("table") }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
}

function option(value: string): HTMLOptionElement {
  return make("option", { value }, say(value));
}
