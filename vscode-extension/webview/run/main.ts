/** The page of the RUN pane: draws the daemon's form, tells of each change, and keeps nothing but which parts are unfolded. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { VscodeButton } from "@vscode-elements/elements/dist/vscode-button/index.js";
import type { SubmitParams } from "../../src/protocol";
import type { About, FormView, FromPage, ToPage, View, WelcomeView } from "../../src/run/messages";
import type { RunStrings } from "../../src/run/strings";
import { Bridge } from "../kit/bridge";
import { attribute, byId, fill, icon, iconButton, make, setText, show } from "../kit/dom";
import "../kit/kit.css";
import { LiveRegion } from "../kit/live";
import { readStrings } from "../kit/strings";
import { type Context, FieldRemarks, type Patch } from "./context";
import { MachinesPart } from "./machines";
import { MorePart } from "./more";
import "./run.css";
import { SourcePart } from "./source";

interface Kept {
  readonly more: boolean;
}

const bridge = new Bridge<{ incoming: ToPage; outgoing: FromPage; state: Kept }>();
const words = readStrings() as RunStrings;

/** The form on the page, made once and then kept up to date. */
class FormPage implements Context {
  readonly words = words;
  readonly fields = new FieldRemarks();
  readonly element: HTMLElement;
  choices: SubmitParams = {};
  private view: FormView | undefined;
  private edit = 0;
  /** What the extension was told of fields that hold no value. */
  private told: string | undefined;
  private readonly live = new LiveRegion();
  private readonly source: SourcePart;
  private readonly machines: MachinesPart;
  private readonly more: MorePart;
  private readonly start: VscodeButton = document.createElement("vscode-button");
  private readonly obstacle = make("p", { id: "obstacle", class: "obstacle" });

  constructor() {
    this.source = new SourcePart(this, (configuration, folder) => {
      bridge.post(configuration === undefined ? { type: "asked", gesture: "startOver" } : { type: "configured", configuration, ...(folder === undefined ? {} : { folder }) });
      this.render();
    });
    this.machines = new MachinesPart(this);
    this.more = new MorePart(this);
    this.more.element.open = bridge.load().more ?? false;
    this.more.element.addEventListener("toggle", () => {
      bridge.save({ more: this.more.element.open });
    });
    this.start.block = true;
    this.start.addEventListener("click", () => {
      this.submit();
    });
    const copy = iconButton("copy", words.copyCommand, () => {
      this.ask("copyCommand");
    });
    const footer = make("footer", {}, this.fields.others.element, this.obstacle, make("div", { class: "buttons" }, this.start, copy));
    this.element = make("div", { class: "form" }, make("div", { class: "scroll" }, this.source.element, this.machines.element, this.more.element), footer);
  }

  get form(): FormView["form"] | undefined {
    return this.view?.form;
  }

  /** An answer. One that was overtaken by what was typed since is not drawn. */
  take(view: FormView): void {
    const same = this.view?.filled === view.filled;
    if (same && view.edit < this.edit) return;
    const { portPassword } = this.choices;
    this.view = view;
    this.choices = { ...view.form.choices, ...(same && portPassword !== undefined ? { portPassword } : {}) };
    if (!same) {
      this.machines.adopt(this.choices);
      this.fields.reset();
      this.told = undefined;
    }
    this.render();
  }

  choose(patch: Patch): void {
    this.choices = Object.fromEntries(Object.entries({ ...this.choices, ...patch }).filter(([, value]) => value !== undefined));
    this.edit += 1;
    bridge.post({ type: "edited", choices: this.choices, edit: this.edit, filled: this.view?.filled ?? 0 });
    this.render();
  }

  unreadable(field: keyof SubmitParams, sentence: string | undefined): void {
    this.fields.setUnreadable(field, sentence);
    this.render();
  }

  ask(gesture: Extract<FromPage, { type: "asked" }>["gesture"]): void {
    bridge.post({ type: "asked", gesture });
    this.render();
  }

  mend(about: About, problem: number, action: number): void {
    bridge.post({ type: "mended", about, problem, action });
  }

  serve(server: string): void {
    bridge.post({ type: "served", server });
    this.render();
  }

  private render(): void {
    const { view } = this;
    if (view === undefined) return;
    const shown = { view, choices: this.choices };
    this.source.render(shown);
    this.machines.render(shown);
    this.more.render(shown);
    const said = this.fields.set(view.form.fields, (problem, action) => {
      this.mend("fields", problem, action);
    });
    this.more.tell();
    this.tellUnreadable(view);
    this.renderStart(view, said);
  }

  private tellUnreadable({ filled }: FormView): void {
    const sentence = this.fields.obstacle;
    if (sentence === this.told) return;
    this.told = sentence;
    bridge.post({ type: "unreadable", filled, ...(sentence === undefined ? {} : { sentence }) });
  }

  private renderStart({ form, busy }: FormView, said: string): void {
    const obstacle = this.fields.obstacle ?? (form.ready ? "" : (form.obstacle ?? ""));
    const disabled = busy || obstacle !== "" || !form.ready;
    // Not the attribute `disabled`: who comes by keyboard shall hear why.
    attribute(this.start, "aria-disabled", disabled ? "true" : "false");
    attribute(this.start, "aria-describedby", obstacle === "" ? undefined : "obstacle");
    const label = busy ? words.starting : words.start;
    if (this.start.textContent !== label) fill(this.start, icon(busy ? "loading" : "play", busy ? "codicon-modifier-spin" : ""), make("span", {}, label));
    show(this.obstacle, obstacle !== "");
    setText(this.obstacle, obstacle);
    const design = form.design;
    this.live.say([said, design?.summary, design?.limitLabel].filter((part) => part !== undefined && part !== "").join(". "));
  }

  private submit(): void {
    if (this.start.getAttribute("aria-disabled") === "true") return;
    bridge.post({ type: "started", choices: this.choices });
  }
}

const root = byId("root");
const page = new FormPage();

bridge.on("show", ({ view }) => {
  draw(view);
});
bridge.post({ type: "ready" });

function draw(view: View): void {
  if (view.kind === "form") {
    page.take(view);
    if (!page.element.isConnected) fill(root, page.element);
  } else if (view.kind === "welcome") {
    fill(root, welcome(view));
  } else if (!page.element.isConnected) {
    fill(root, make("div", { class: "waiting", role: "progressbar", "aria-label": document.title }));
  }
}

function welcome({ text, actions }: WelcomeView): HTMLElement {
  const buttons = actions.map(({ title, gesture }, index) => {
    const button = document.createElement("vscode-button");
    button.block = true;
    button.secondary = index > 0;
    button.textContent = title;
    button.addEventListener("click", () => {
      bridge.post({ type: "asked", gesture });
    });
    return button;
  });
  return make("div", { class: "welcome" }, make("p", {}, text), ...buttons);
}
