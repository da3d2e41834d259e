/** Fields of a form: a label, a control, and beside it what is wrong with it. What the user is typing in is never written over. */
import "@vscode-elements/elements/dist/vscode-checkbox/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import type { VscodeCheckbox } from "@vscode-elements/elements/dist/vscode-checkbox/index.js";
import type { VscodeTextfield } from "@vscode-elements/elements/dist/vscode-textfield/index.js";
import { attribute, type Child, fill, icon, make, setText, show } from "./dom";

export type Severity = "error" | "warning" | "information";

/** What is said beside a field; buttons that mend it may stand below. */
export interface Remark {
  readonly severity: Severity;
  readonly message: string;
  readonly actions?: readonly { readonly title: string; readonly act: () => void }[];
}

const ICONS = { error: "error", warning: "warning", information: "info" } as const;

/** Where a field's remarks stand. */
export class Remarks {
  readonly element = make("div", { class: "remarks", hidden: true });
  private shown = "";

  /** The same again changes nothing, so a button in it keeps the focus. */
  set(remarks: readonly Remark[]): void {
    const key = JSON.stringify(remarks);
    if (key === this.shown) return;
    this.shown = key;
    show(this.element, remarks.length > 0);
    fill(this.element, ...remarks.map((remark) => line(remark)));
  }
}

/** One line of text. */
export class TextField {
  readonly element: VscodeTextfield = document.createElement("vscode-textfield");
  /** As it stands in the field. */
  private remark = "";

  constructor(label: string, typed: (text: string) => void, { placeholder = "", type = "text", class: name = "" } = {}) {
    Object.assign(this.element, { label, placeholder, type, className: name });
    this.element.addEventListener("input", () => {
      typed(this.element.value);
    });
    void this.element.updateComplete.then(() => {
      this.describe();
    });
  }

  get text(): string {
    return this.element.value;
  }

  get focused(): boolean {
    return document.activeElement === this.element;
  }

  /** Leaves the field alone while it has the focus. */
  set(text: string): void {
    if (!this.focused && this.element.value !== text) this.element.value = text;
  }

  /** Draws it as wrong, and says `remark` with its name to screen readers. */
  mark(wrong: boolean, remark: string): void {
    this.element.invalid = wrong;
    this.remark = remark;
    this.describe();
  }

  private describe(): void {
    const input = this.element.shadowRoot?.querySelector("input");
    if (input === null || input === undefined) return;
    attribute(input, "aria-invalid", this.element.invalid ? "true" : undefined);
    attribute(input, "aria-description", this.remark === "" ? undefined : this.remark);
  }
}

/** One of a few. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

export class Select {
  readonly select: HTMLSelectElement;
  readonly element: HTMLElement;
  private shown = "";

  constructor(label: string, chosen: (value: string) => void) {
    this.select = make("select", { "aria-label": label });
    this.select.addEventListener("change", () => {
      chosen(this.select.value);
    });
    this.element = make("div", { class: "select" }, this.select);
  }

  set(options: readonly Option[], value: string): void {
    const key = JSON.stringify(options);
    if (key !== this.shown) fill(this.select, ...options.map((option) => make("option", { value: option.value }, option.label)));
    this.shown = key;
    this.select.value = value;
    this.select.title = options.find((option) => option.value === value)?.label ?? "";
  }

  mark(wrong: boolean, remark: string): void {
    attribute(this.select, "aria-invalid", wrong ? "true" : undefined);
    attribute(this.select, "aria-description", remark === "" ? undefined : remark);
  }
}

/** Some choices side by side. The browser's own: arrow keys choose, and every screen reader knows them. */
export class Radios {
  readonly element: HTMLElement;
  private readonly inputs = new Map<string, HTMLInputElement>();

  constructor(label: string, name: string, options: readonly Option[], chosen: (value: string) => void) {
    const choices = options.map(({ value, label: words }) => {
      const input = make("input", { type: "radio", name, value, on: { change: () => { chosen(value); } } });
      this.inputs.set(value, input);
      return make("label", { class: "radio" }, input, words);
    });
    this.element = make("div", { class: "radios", role: "radiogroup", "aria-label": label }, ...choices);
  }

  set(value: string): void {
    for (const [own, input] of this.inputs) input.checked = own === value;
  }
}

export class Checkbox {
  readonly element: VscodeCheckbox = document.createElement("vscode-checkbox");

  constructor(label: string, turned: (checked: boolean) => void) {
    this.element.label = label;
    this.element.addEventListener("change", () => {
      turned(this.element.checked);
    });
  }

  set(checked: boolean): void {
    if (this.element.checked !== checked) this.element.checked = checked;
  }
}

/** A labelled row of a form. */
export function row(label: string, ...children: Child[]): HTMLElement {
  return make("div", { class: "row" }, make("div", { class: "label", "aria-hidden": "true" }, label), make("div", { class: "cell" }, ...children));
}

/** What is typed as a number. Nothing for an empty field; NaN for what is no number. */
export function numberOf(text: string, whole: boolean): number | undefined {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return undefined;
  return (whole ? /^-?\d{1,9}$/ : /^-?(?:\d+\.?\d*|\.\d+)$/).test(trimmed) ? Number(trimmed) : Number.NaN;
}

function line({ severity, message, actions = [] }: Remark): HTMLElement {
  const words = make("span");
  setText(words, message);
  const buttons = actions.map(({ title, act }) => make("button", { class: "link", type: "button", on: { click: act } }, title));
  return make("div", { class: `remark ${severity}` }, icon(ICONS[severity]), make("div", {}, words, ...buttons.flatMap((button) => [" ", button])));
}
