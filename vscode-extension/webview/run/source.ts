/** The upper part of the form: the script, its environment, what goes along, and where the choices come from. */
import type { Form, FormBundle, Problem } from "../../src/protocol";
import type { About, FormView, Source } from "../../src/run/messages";
import { attribute, fill, icon, iconButton, make, setText, show } from "../kit/dom";
import { Remarks, row, Select } from "../kit/fields";
import { format } from "../kit/strings";
import { bytes } from "../../src/text";
import { type Context, type Part, remarkOf, type Shown } from "./context";

export class SourcePart implements Part {
  readonly element: HTMLElement;
  private readonly script: HTMLButtonElement;
  private readonly environment = make("span", { class: "value" });
  private readonly details = make("div", { class: "details" });
  private readonly bundle = make("span", { class: "value" });
  /** What keeps the job from running, where it is mended. */
  private readonly wrong = { environment: new Remarks(), bundle: new Remarks() };
  /** What is good to know, in the details. */
  private readonly notes = new Remarks();
  private readonly bundleRow: HTMLElement;
  private readonly filled: Select;
  private shownDetails = "";

  constructor(
    private readonly context: Context,
    configure: (name: string | undefined, folder: string | undefined) => void,
  ) {
    const { words, fields } = context;
    this.script = make("button", { class: "link strong", type: "button", on: { click: () => { context.ask("openScript"); } } });
    const choose = iconButton("edit", words.chooseScript, () => { context.ask("chooseScript"); });
    const save = iconButton("save", words.saveConfiguration, () => { context.ask("saveConfiguration"); });
    this.filled = new Select(words.startFrom, (value) => {
      const [name, place] = value === "" ? [] : (JSON.parse(value) as [string, string]);
      configure(name, place);
    });
    const bundle = make("button", { class: "row-button", type: "button", title: words.showBundle, on: { click: () => { context.ask("showBundle"); } } }, this.bundle, icon("chevron-right"));
    const environment = make("details", { class: "environment" }, make("summary", {}, this.environment, icon("chevron-down")), this.details);
    this.bundleRow = row(words.bundle, bundle, this.wrong.bundle.element, fields.beside(["directory", "send", "allow", "gitignore"]));
    this.element = make(
      "section",
      {},
      row(words.script, this.script, make("span", { class: "space" }), choose, fields.beside(["script", "code"])),
      row(words.environment, environment, this.wrong.environment.element),
      this.bundleRow,
      row(words.startFrom, this.filled.element, save),
    );
  }

  render({ view }: Shown): void {
    const { words } = this.context;
    setText(this.script, view.script.name);
    const label = format(words.openScript, view.script.name);
    attribute(this.script, "title", label);
    attribute(this.script, "aria-label", label);
    this.renderEnvironment(view.form);
    fill(this.bundle, ...this.bundleWords(view.form));
    const problems = view.form.environment.environment?.problems ?? [];
    this.remark(this.wrong.environment, "environment", problems, ["error", "warning"]);
    this.remark(this.notes, "environment", problems, ["information"]);
    this.remark(this.wrong.bundle, "bundle", view.form.bundle?.problems ?? [], ["error"]);
    this.filled.set(this.sources(view), keyOf(view.source));
    show(this.bundleRow, view.form.choices.app === undefined && view.form.choices.appRepo === undefined);
  }

  private renderEnvironment({ environment: { environment, reason }, bundle, choices: { directory } }: Form): void {
    const { words } = this.context;
    const julia = environment?.juliaVersion === undefined ? "" : ` · Julia ${environment.juliaVersion.split(".").slice(0, 2).join(".")}`;
    setText(this.environment, environment === undefined ? words.noEnvironment : environment.name + julia);
    const key = JSON.stringify([environment, reason, bundle?.directory, directory]);
    if (key === this.shownDetails) return;
    this.shownDetails = key;
    const file = (uri: string | undefined, label: string, gesture: "openProject" | "openManifest" | "openArtifacts"): HTMLElement | undefined => {
      if (uri === undefined) return undefined;
      return make("div", { class: "file" }, icon("file"), make("button", { class: "link", type: "button", "aria-label": `${label}: ${nameOf(uri)}`, on: { click: () => { this.context.ask(gesture); } } }, nameOf(uri)));
    };
    fill(
      this.details,
      make("p", { class: "muted" }, `${sentence(reason)}.`),
      this.notes.element,
      file(environment?.projectFile, words.project, "openProject"),
      file(environment?.manifestFile, words.manifest, "openManifest"),
      file(environment?.artifactsFile, words.artifacts, "openArtifacts"),
      make("button", { class: "link", type: "button", on: { click: () => { this.context.ask("chooseEnvironment"); } } }, words.chooseEnvironment),
      bundle && make("div", { class: "file", title: pathOf(bundle.directory) }, icon("folder"), make("span", {}, format(words.bundled, bundle.name))),
      make("button", { class: "link", type: "button", on: { click: () => { this.context.ask("chooseDirectory"); } } }, words.chooseDirectory),
      directory !== undefined && make("button", { class: "link", type: "button", on: { click: () => { this.context.choose({ directory: undefined }); } } }, words.ownDirectory),
    );
  }

  private remark(place: Remarks, about: About, problems: readonly Problem[], severities: readonly Problem["severity"][]): void {
    const act = (problem: number, action: number): void => {
      this.context.mend(about, problem, action);
    };
    place.set(problems.flatMap((problem, index) => (severities.includes(problem.severity) ? [remarkOf(problem, index, act)] : [])));
  }

  private bundleWords({ bundle, choices, environment }: Form): (string | HTMLElement)[] {
    const { words } = this.context;
    if (choices.send === "environment" || choices.send === "project") return [words.bundleTexts];
    if (choices.send === "script" || (environment.environment === undefined && choices.directory === undefined)) return [words.bundleNone];
    return bundle === undefined ? [words.bundleUnknown] : [this.counted(bundle), ...this.warned(bundle)];
  }

  private counted({ fileCount, totalSize }: FormBundle): string {
    const { words } = this.context;
    return fileCount === 1 ? format(words.bundleFile, bytes(totalSize)) : format(words.bundleFiles, fileCount.toLocaleString(), bytes(totalSize));
  }

  private warned({ problems }: FormBundle): HTMLElement[] {
    const wrong = problems.filter(({ severity }) => severity !== "information");
    if (wrong.length === 0) return [];
    const worst = wrong.some(({ severity }) => severity === "error") ? "error" : "warning";
    const label = wrong.length === 1 ? this.context.words.warning : format(this.context.words.warnings, wrong.length);
    return [make("span", { class: `count ${worst}`, title: label }, icon(worst), make("span", { "aria-hidden": "true" }, String(wrong.length)), make("span", { class: "unseen" }, label))];
  }

  private sources({ source, configurations }: FormView): { value: string; label: string }[] {
    const { words } = this.context;
    const known = source.configuration ?? words[`origin.${source.origin}`];
    const now = { value: keyOf(source), label: source.changed ? format(words.changed, known) : known };
    const several = new Set(configurations.map(({ folder }) => folder)).size > 1;
    const others = configurations.map(({ name, folder }) => ({ value: JSON.stringify([name, folder]), label: several ? `${name} · ${nameOf(folder)}` : name }));
    return [now, ...others, { value: "", label: words.startOver }];
  }
}

function keyOf({ origin, configuration }: Source): string {
  return JSON.stringify(["now", origin, configuration]);
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
}

function pathOf(uri: string): string {
  return decodeURIComponent(uri.replace(/^file:\/\/(?:\/(?=[A-Za-z](?::|%3A)))?/, ""));
}

function sentence(phrase: string): string {
  return phrase.slice(0, 1).toUpperCase() + phrase.slice(1);
}
