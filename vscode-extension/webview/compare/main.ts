/** The page that shows jobs side by side. */
import "../kit/kit.css";
import "./compare.css";
import type { CompareJobsResult } from "../../src/protocol";
import type { ComparisonState, FromComparison, Sorting, ToComparison } from "../../src/results/messages";
import { Bridge } from "../kit/bridge";
import { byId, fill, icon, make, setText } from "../kit/dom";
import { LiveRegion } from "../kit/live";
import { format, readStrings } from "../kit/strings";
import { sparkline } from "./sparkline";
import { isSortedBy, next, order } from "./sorting";

type Column = CompareJobsResult["jobs"][number];
type Section = CompareJobsResult["sections"][number];
type Row = Section["rows"][number];
type Cell = Row["cells"][number];

const words = readStrings();
const bridge = new Bridge<{ incoming: ToComparison; outgoing: FromComparison; state: ComparisonState }>();
const live = new LiveRegion();
const root = byId("root");
const kept = bridge.load();
let onlyDifferences = kept.onlyDifferences ?? false;
let sorting: Sorting | undefined = kept.sorting;
let shown: { comparison: CompareJobsResult; servers: Readonly<Record<string, string>> } | undefined;

bridge.on("comparison", (message) => {
  shown = message;
  remember();
  draw();
});
bridge.on("failed", ({ message }) => {
  fill(root, make("p", { class: "message error", role: "alert" }, icon("error"), " ", message), make("div", { class: "actions" }, action("refresh", "refresh", { type: "refresh" }), action("add", "add", { type: "add" })));
});
fill(root, make("p", { class: "message muted" }, words["loading"]));
bridge.post({ type: "ready" });

function draw(): void {
  if (shown === undefined) return;
  const { jobs, sections } = shown.comparison;
  const focused = document.activeElement?.getAttribute("data-focus");
  const summary = make("p", { class: "muted", id: "count" });
  setText(summary, counted(sections, jobs.length));
  fill(root, header(jobs.length), summary, jobs.length > 0 && table(), withoutLog(jobs));
  if (focused !== null && focused !== undefined) root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

function header(count: number): HTMLElement {
  const title = count === 0 ? words["empty"] : count === 1 ? words["one"] : format(words["heading"] ?? "", count);
  const box = make("input", { type: "checkbox", "data-focus": "only", checked: onlyDifferences, on: { change: toggle } });
  return make(
    "header",
    {},
    make("h1", {}, title),
    make(
      "div",
      { class: "actions" },
      count > 1 && make("label", { class: "only" }, box, words["onlyDifferences"]),
      action("add", "add", { type: "add" }),
      count > 0 && action("export", "export", { type: "export" }),
      action("refresh", "refresh", { type: "refresh" }),
    ),
  );
}

function toggle(): void {
  onlyDifferences = !onlyDifferences;
  remember();
  draw();
  if (shown !== undefined) live.say(counted(shown.comparison.sections, shown.comparison.jobs.length));
}

function counted(sections: readonly Section[], jobs: number): string {
  if (jobs < 2) return "";
  const rows = sections.flatMap((section) => section.rows);
  const differing = rows.filter(({ differs }) => differs).length;
  return differing === 0 ? (words["same"] ?? "") : format(words["shown"] ?? "", differing, rows.length);
}

function table(): HTMLElement {
  if (shown === undefined) return make("div");
  const { jobs, sections } = shown.comparison;
  const places = order(shown.comparison, sorting);
  const head = make("tr", {}, make("td", { class: "corner" }, make("span", { class: "unseen" }, words["property"])), ...places.map((place) => jobHeader(jobs[place])));
  const bodies = sections.map((section) => sectionBody(section, places)).filter((body) => body !== undefined);
  const label = format(words["heading"] ?? "", jobs.length);
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, make("table", {}, make("thead", {}, head), ...bodies));
}

function jobHeader(column: Column | undefined): HTMLElement {
  if (column === undefined) return make("th");
  const { server, id, name, problem } = column;
  const ref = { server, job: id };
  const [symbol, kind] = signOf(column);
  const show = make("button", { class: "link", type: "button", title: format(words["show"] ?? "", name), "data-focus": `show ${id}`, on: { click: () => { bridge.post({ type: "show", job: ref }); } } }, name);
  const label = format(words["remove"] ?? "", name);
  const remove = make("button", { class: "icon-button", type: "button", title: label, "aria-label": label, "data-focus": `remove ${id}`, on: { click: () => { bridge.post({ type: "remove", job: ref }); } } }, icon("close"));
  const away = problem !== undefined && make("p", { class: "problem" }, problem);
  return make("th", { scope: "col" }, make("div", { class: "job" }, icon(symbol, kind), show, remove), name !== id && make("div", { class: "id muted" }, id), away);
}

function signOf({ job }: Column): [string, string] {
  if (job === undefined) return ["warning", "away"];
  if (job.succeeded) return ["pass-filled", "passed"];
  return job.done ? [job.status === "Stopped" ? "circle-slash" : "error", "failed"] : ["clock", "waiting"];
}

function sectionBody(section: Section, places: readonly number[]): HTMLElement | undefined {
  const rows = section.rows.filter(({ differs }) => differs || !onlyDifferences);
  if (rows.length === 0) return undefined;
  const title = make("tr", { class: "section" }, make("th", { scope: "rowgroup", colspan: places.length + 1 }, make("span", {}, section.title)));
  return make("tbody", {}, title, ...rows.map((row) => line(section, row, places)));
}

function line(section: Section, row: Row, places: readonly number[]): HTMLElement {
  const isSorted = isSortedBy(sorting, section.id, row.key);
  const direction = !isSorted ? undefined : sorting?.descending === true ? "descending" : "ascending";
  const label = format(words["sort"] ?? "", row.label);
  const symbol = direction === undefined ? "arrow-swap" : direction === "ascending" ? "arrow-right" : "arrow-left";
  const button = make(
    "button",
    { class: `sort${isSorted ? " active" : ""}`, type: "button", title: label, "data-focus": `sort ${section.id} ${row.key}`, on: { click: () => { sort(section, row); } } },
    make("span", { class: "mark", "aria-hidden": "true" }, row.differs ? "≠" : ""),
    make("span", { class: "label" }, row.label),
    row.differs && make("span", { class: "unseen" }, `, ${words["differs"] ?? ""}`),
    icon(symbol),
  );
  return make("tr", { class: row.differs ? "differs" : "" }, make("th", { scope: "row", "aria-sort": direction }, button), ...places.map((place) => cellOf(row, named(section, row, row.cells[place]))));
}

/** A server by its name, where it is named by its id. */
function named(section: Section, row: Row, cell: Cell | undefined): Cell | undefined {
  const name = section.id === "job" && row.key === "server" && cell !== undefined ? shown?.servers[cell.text] : undefined;
  return cell === undefined || name === undefined ? cell : { ...cell, text: name };
}

function cellOf({ numeric }: Row, cell: Cell | undefined): HTMLElement {
  if (cell === undefined || cell.kind === "absent") {
    return make("td", { class: numeric ? "number absent" : "absent" }, make("span", { "aria-hidden": "true" }, "—"), make("span", { class: "unseen" }, words["absent"]));
  }
  const { trend, text } = cell;
  const line = trend && sparkline(trend.points, format(words["trend"] ?? "", trend.first, trend.last, trend.count));
  return make("td", { class: numeric ? "number" : "" }, line, text);
}

/** Whose logs are not on this computer: nothing that those jobs logged is in the table. */
function withoutLog(jobs: readonly Column[]): HTMLElement | undefined {
  const names = jobs.filter(({ job, logHere }) => job?.started !== undefined && !logHere).map(({ name }) => name);
  return names.length === 0 ? undefined : make("p", { class: "muted", id: "without-log" }, icon("info"), ` ${format(words["withoutLog"] ?? "", names.join(", "))}`);
}

function sort(section: Section, row: Row): void {
  sorting = next(sorting, section.id, row.key);
  remember();
  draw();
  live.say(sorting === undefined ? (words["unsorted"] ?? "") : format(words[sorting.descending ? "descending" : "ascending"] ?? "", row.label));
}

function action(name: string, symbol: string, message: FromComparison): HTMLElement {
  return make("button", { class: "action", type: "button", "data-focus": name, on: { click: () => { bridge.post(message); } } }, icon(symbol), make("span", {}, words[name] ?? ""));
}

function remember(): void {
  const jobs = shown?.comparison.jobs.map(({ server, id }) => ({ server, job: id })) ?? kept.jobs ?? [];
  bridge.save({ jobs, onlyDifferences, ...(sorting === undefined ? {} : { sorting }) });
}
