/** The page of a job's results: summary, files, previews. */
import "../kit/kit.css";
import "./results.css";
import type { ResultsResult } from "../../src/protocol";
import type { FromResults, ResultsState, ToResults } from "../../src/results/messages";
import { Bridge } from "../kit/bridge";
import { byId, fill, icon, make } from "../kit/dom";
import { LiveRegion } from "../kit/live";
import { format, readStrings } from "../kit/strings";
import { FilesTable } from "./files";
import { Previews } from "./previews";
import { summaryTable } from "./summary";

const words = readStrings();
const bridge = new Bridge<{ incoming: ToResults; outgoing: FromResults; state: ResultsState }>();
const live = new LiveRegion();
const root = byId("root");
const kept = bridge.load();
const folded = new Set(kept.folded ?? []);
const previews = new Previews(words, new Map(Object.entries(kept.seen ?? {})), {
  ask: (place) => {
    bridge.post({ type: "preview", place });
  },
  open: (place) => {
    bridge.post({ type: "open", place });
  },
  changed: remember,
});
const files = new FilesTable(words, previews, (message) => {
  bridge.post(message);
}, copy);
let current: ResultsResult | undefined;

bridge.on("results", ({ results, server }) => {
  current = results;
  remember();
  draw(results, server);
});
bridge.on("failed", ({ message }) => {
  fill(root, make("p", { class: "message error", role: "alert" }, icon("error"), " ", message), actions(false));
});
bridge.on("preview", ({ place, preview, problem }) => {
  previews.arrived(place, preview, problem);
});
bridge.on("downloads", ({ downloads }) => {
  for (const name of files.progress(downloads)) live.say(format(words["done"] ?? "", name));
});
fill(root, make("p", { class: "message muted" }, words["loading"]));
bridge.post({ type: "ready" });

function draw(results: ResultsResult, server: string): void {
  const { job, rows, outputs } = results;
  const isEmpty = rows.length === 0 && outputs === "" && results.files.length === 0;
  fill(
    root,
    header(results, server),
    isEmpty && make("p", { class: "message muted" }, job.done ? words["nothing"] : words["notEnded"]),
    rows.length > 0 && section(words["summary"], summaryTable(rows, folded, words, copy, remember)),
    rows.length === 0 && outputs !== "" && textSection(results),
    results.files.length > 0 && files.draw(results),
  );
}

function header({ job }: ResultsResult, server: string): HTMLElement {
  const [symbol, kind]: [string, string] = job.succeeded ? ["pass-filled", "passed"] : job.done ? [job.status === "Stopped" ? "circle-slash" : "error", "failed"] : ["clock", "waiting"];
  return make(
    "header",
    {},
    make("div", { class: "title" }, make("h1", {}, job.name), make("p", { class: "muted" }, icon(symbol, kind), ` ${job.label}`, " · ", server, " · ", make("span", { class: "id" }, job.id))),
    actions(true),
  );
}

function actions(all: boolean): HTMLElement {
  const button = (name: string, symbol: string, message: FromResults): HTMLElement =>
    make("button", { class: "action", type: "button", on: { click: () => { bridge.post(message); } } }, icon(symbol), make("span", {}, words[name] ?? ""));
  return make("div", { class: "actions" }, all && button("log", "output", { type: "log" }), all && button("compare", "table", { type: "compare" }), button("refresh", "refresh", { type: "refresh" }));
}

function textSection({ outputs, cut }: ResultsResult): HTMLElement {
  const button = make("button", { class: "icon-button", type: "button", title: words["copyText"], "aria-label": words["copyText"], on: { click: () => { copy(outputs); } } }, icon("copy"));
  return section(
    words["text"],
    make("div", { class: "text" }, make("pre", { tabindex: 0, role: "region", "aria-label": words["text"] }, outputs), button),
    cut && make("p", { class: "note warning" }, icon("warning"), ` ${words["cut"] ?? ""}`),
  );
}

function section(title: string | undefined, ...children: (HTMLElement | false)[]): HTMLElement {
  return make("section", {}, make("h2", {}, title), ...children);
}

function copy(text: string): void {
  bridge.post({ type: "copy", text });
  live.say(words["copied"] ?? "");
}

function remember(): void {
  if (current === undefined) return;
  const { server, id } = current.job;
  bridge.save({ job: { server, job: id }, folded: [...folded], seen: Object.fromEntries(previews.seen) });
}
