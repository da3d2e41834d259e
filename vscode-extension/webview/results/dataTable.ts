/** The beginning of a CSV file as a table. */
import type { PreviewFileResult } from "../../src/protocol";
import { icon, make } from "../kit/dom";
import { format, type Strings } from "../kit/strings";

export function tableOf(preview: PreviewFileResult, label: string, words: Strings): HTMLElement {
  const { header = [], lines = [], columns = 0, numeric = [], ragged = 0 } = preview;
  if (columns === 0) return make("p", { class: "note muted" }, words["empty"]);
  const names = numeric.map((_, column) => header[column] ?? format(words["column"] ?? "", column + 1));
  const head = make("tr", {}, make("th", { scope: "col", class: "line" }, words["line"]), ...names.map((name, column) => make("th", { scope: "col", class: alignment(numeric[column]) }, name)));
  const body = lines.map((cells, line) => make("tr", {}, make("th", { scope: "row", class: "line" }, String(line + 1)), ...names.map((_, column) => make("td", { class: alignment(numeric[column]) }, cells[column] ?? ""))));
  return make(
    "div",
    {},
    make("div", { class: "scroll data", tabindex: 0, role: "region", "aria-label": label }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...body))),
    ragged > 0 && make("p", { class: "note warning" }, icon("warning"), ` ${ragged === 1 ? (words["raggedOne"] ?? "") : format(words["ragged"] ?? "", ragged)}`),
  );
}

function alignment(isNumber: boolean | undefined): string {
  return isNumber === true ? "number" : "";
}
