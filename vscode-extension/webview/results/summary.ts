/** The summary as a table: what is nested folds. */
import type { SummaryRow } from "../../src/protocol";
import { icon, iconButton, make, show } from "../kit/dom";
import { format, type Strings } from "../kit/strings";

/** `folded`: the groups that are, by path; changed here. */
export function summaryTable(rows: readonly SummaryRow[], folded: Set<string>, words: Strings, copy: (text: string) => void, changed: () => void): HTMLElement {
  const widest = Math.min(Math.max(0, ...rows.filter(({ kind }) => kind === "number").map(({ text }) => text.length)), 24);
  const drawn = rows.map((row) => ({ row, element: line(row) }));
  const refresh = (): void => {
    let hiddenBelow = Infinity;
    for (const { row, element } of drawn) {
      const hidden = row.depth > hiddenBelow;
      show(element, !hidden);
      if (!hidden) hiddenBelow = folded.has(row.path) ? row.depth : Infinity;
      const button = element.querySelector("button.fold");
      const isFolded = folded.has(row.path);
      button?.setAttribute("aria-expanded", String(!isFolded));
      button?.firstElementChild?.classList.toggle("codicon-chevron-right", isFolded);
      button?.firstElementChild?.classList.toggle("codicon-chevron-down", !isFolded);
    }
  };

  function line(row: SummaryRow): HTMLElement {
    return make("tr", { class: `depth-${Math.min(row.depth, 6)}` }, make("th", { scope: "row" }, row.kind === "group" ? group(row) : row.key), ...valueOf(row));
  }

  function group(row: SummaryRow): HTMLElement {
    const toggle = (): void => {
      if (!folded.delete(row.path)) folded.add(row.path);
      refresh();
      changed();
    };
    return make("button", { class: "fold", type: "button", "aria-expanded": "true", on: { click: toggle } }, icon("chevron-down"), row.key);
  }

  function numeral(text: string): HTMLElement {
    const number = make("span", { class: "number" }, text);
    number.style.minWidth = `${widest}ch`;
    return number;
  }

  function valueOf(row: SummaryRow): HTMLElement[] {
    if (row.kind === "group") {
      return [make("td", { class: "muted" }, row.entries === 1 ? words["entry"] : format(words["entries"] ?? "", row.entries ?? 0)), make("td", {})];
    }
    const button = iconButton("copy", format(words["copyValue"] ?? "", row.path), () => {
      copy(row.text);
    });
    return [make("td", {}, row.kind === "number" ? numeral(row.text) : row.text), make("td", { class: "more" }, button)];
  }

  refresh();
  const head = make("tr", {}, make("th", { scope: "col" }, words["key"]), make("th", { scope: "col" }, words["value"]), make("td", {}));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": words["summary"] }, make("table", { class: "summary" }, make("thead", { class: "unseen-head" }, head), make("tbody", {}, ...drawn.map(({ element }) => element))));
}
