/** The upper part of the form: the script, its environment, what goes along, and where the choices come from. */
import type { Form, FormBundle, Problem, SubmitParams } from "../../src/protocol";
import type { About, FormView, Source } from "../../src/run/messages";
import { attribute, fill, icon, iconButton, make, setText, show, showElse } from "../kit/dom";
import { Remarks, row, Select } from "../kit/fields";
import { format } from "../kit/strings";
import { bytes } from "../../src/text";
import { type Context, type Part, remarkOf, type Shown } from "./context";

/** The environment's files that another one can be chosen for. */
type Chosen = "manifest" | "artifacts";

export class SourcePart implements Part {
  readonly element: HTMLElement;
  private readonly script: HTMLButtonElement;
  private readonly environment = make("span", { class: "value" });
  private readonly reason = make("p", { class: "muted" });
  private readonly files: { readonly project: FileRow; readonly manifest: FileRow; readonly artifacts: FileRow };
  private readonly bundled: HTMLElement;
  private readonly bundledName = make("span");
  private readonly bundledPath = make("span", { class: "unseen" });
  private readonly otherDirectory: HTMLElement;
  private readonly ownDirectory: HTMLElement;
  private readonly bundle = make("span", { class: "value" });
  /** What keeps the job from running, where it is mended. */
  private readonly wrong = { environment: new Remarks(), bundle: new Remarks() };
  /** What is good to know, in the details. */
  private readonly notes = new Remarks();
  private readonly bundleRow: HTMLElement;
  private readonly filled: Select;

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
    this.files = {
      project: new FileRow(context, words.project, () => { context.ask("openProject"); }),
      manifest: this.choosable("manifest", words.chooseManifest, words.noManifest),
      artifacts: this.choosable("artifacts", words.chooseArtifacts, words.noArtifacts),
    };
    this.bundled = make("div", { class: "file" }, icon("folder"), this.bundledName, this.bundledPath);
    this.otherDirectory = make("button", { class: "link", type: "button", on: { click: () => { context.ask("chooseDirectory"); } } }, words.chooseDirectory);
    this.ownDirectory = make("button", { class: "link", type: "button", on: { click: () => { context.choose({ directory: undefined }); } } }, words.ownDirectory);
    const environment = make("details", { class: "environment" }, make("summary", {}, this.environment, icon("chevron-down")), this.details());
    this.bundleRow = row(words.bundle, bundle, this.wrong.bundle.element, fields.beside(["directory", "send", "allow", "gitignore"]));
    this.element = make(
      "section",
      {},
      row(words.script, this.script, make("span", { class: "space" }), choose, fields.beside(["script", "code"])),
      row(words.environment, environment, this.wrong.environment.element, fields.beside(["manifest", "artifacts"])),
      this.bundleRow,
      row(words.startFrom, this.filled.element, save),
    );
  }

  render({ view, choices }: Shown): void {
    const { words } = this.context;
    setText(this.script, view.script.name);
    const label = format(words.openScript, view.script.name);
    attribute(this.script, "title", label);
    attribute(this.script, "aria-label", label);
    this.renderEnvironment(view.form, choices);
    fill(this.bundle, ...this.bundleWords(view.form));
    const problems = view.form.environment.environment?.problems ?? [];
    this.remark(this.wrong.environment, "environment", problems, ["error", "warning"]);
    this.remark(this.notes, "environment", problems, ["information"]);
    this.remark(this.wrong.bundle, "bundle", view.form.bundle?.problems ?? [], ["error"]);
    this.filled.set(this.sources(view), keyOf(view.source));
    show(this.bundleRow, view.form.choices.app === undefined && view.form.choices.appRepo === undefined);
  }

  private details(): HTMLElement {
    const { project, manifest, artifacts } = this.files;
    const choose = make("button", { class: "link", type: "button", on: { click: () => { this.context.ask("chooseEnvironment"); } } }, this.context.words.chooseEnvironment);
    return make("div", { class: "details" }, this.reason, this.notes.element, project.element, manifest.element, artifacts.element, choose, this.bundled, this.otherDirectory, this.ownDirectory);
  }

  private choosable(key: Chosen, choose: string, none: string): FileRow {
    const { context } = this;
    const gestures = { manifest: ["openManifest", "chooseManifest"], artifacts: ["openArtifacts", "chooseArtifacts"] } as const;
    const [open, other] = gestures[key];
    const found = (): void => { context.choose({ [key]: undefined }); };
    return new FileRow(context, context.words[key], () => { context.ask(open); }, { choose, none, other: () => { context.ask(other); }, found });
  }

  private renderEnvironment({ environment: { environment, reason }, bundle }: Form, { directory, manifest, artifacts }: SubmitParams): void {
    const { words } = this.context;
    const julia = environment?.juliaVersion === undefined ? "" : ` · Julia ${environment.juliaVersion.split(".").slice(0, 2).join(".")}`;
    setText(this.environment, environment === undefined ? words.noEnvironment : environment.name + julia);
    setText(this.reason, `${sentence(reason)}.`);
    for (const { element } of Object.values(this.files)) show(element, environment !== undefined);
    this.files.project.render(environment?.projectFile);
    this.files.manifest.render(environment?.manifestFile, manifest !== undefined);
    this.files.artifacts.render(environment?.artifactsFile, artifacts !== undefined);
    show(this.bundled, bundle !== undefined);
    setText(this.bundledName, bundle === undefined ? "" : format(words.bundled, bundle.name));
    setText(this.bundledPath, bundle === undefined ? "" : pathOf(bundle.directory));
    attribute(this.bundled, "title", bundle && pathOf(bundle.directory));
    showElse(this.ownDirectory, directory !== undefined, this.otherDirectory);
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

/** What a file that can be chosen has besides its link: its words where there is none, and what its buttons do. */
interface Choice {
  readonly choose: string;
  readonly none: string;
  readonly other: () => void;
  readonly found: () => void;
}

/** A file of the environment: a link, with a button that chooses another one, and one that takes that back. */
class FileRow {
  readonly element: HTMLElement;
  private readonly link: HTMLElement;
  private readonly none: HTMLElement;
  private readonly found: HTMLElement;
  private readonly other: HTMLElement;

  constructor(
    context: Context,
    private readonly label: string,
    open: () => void,
    private readonly choice?: Choice,
  ) {
    this.link = make("button", { class: "link", type: "button", on: { click: open } });
    this.none = make("span", { class: "muted" }, choice?.none);
    this.other = iconButton("edit", choice?.choose ?? "", () => choice?.other());
    this.found = iconButton("discard", context.words.asFound, () => choice?.found());
    attribute(this.found, "aria-label", `${label}: ${context.words.asFound}`);
    this.element = make("div", { class: "file" }, icon("file"), this.link, ...(choice === undefined ? [] : [this.none, this.other, this.found]));
  }

  render(uri: string | undefined, chosen = false): void {
    const name = uri === undefined ? "" : chosen ? placeOf(uri) : nameOf(uri);
    setText(this.link, name);
    attribute(this.link, "aria-label", `${this.label}: ${name}`);
    attribute(this.link, "title", uri && `${this.label}: ${pathOf(uri)}`);
    if (this.choice === undefined) show(this.element, uri !== undefined);
    showElse(this.link, uri !== undefined, this.other);
    show(this.none, uri === undefined);
    showElse(this.found, chosen, this.other);
  }
}

function keyOf({ origin, configuration }: Source): string {
  return JSON.stringify(["now", origin, configuration]);
}

function nameOf(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
}

/** With its folder: which of several of one name it is. */
function placeOf(uri: string): string {
  return decodeURIComponent(uri.split("/").slice(-2).join("/"));
}

function pathOf(uri: string): string {
  return decodeURIComponent(uri.replace(/^file:\/\/(?:\/(?=[A-Za-z](?::|%3A)))?/, ""));
}

function sentence(phrase: string): string {
  return phrase.slice(0, 1).toUpperCase() + phrase.slice(1);
}
