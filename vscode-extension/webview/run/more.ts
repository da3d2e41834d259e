/** What most jobs need not say: name, inputs, image, port, and what goes along. */
import type { Form, FormImage, SubmitParams } from "../../src/protocol";
import { attribute, fill, icon, iconButton, make, show } from "../kit/dom";
import { Checkbox, row, Select, TextField } from "../kit/fields";
import { format } from "../kit/strings";
import type { Context, Part, Shown } from "./context";
import { countField } from "./machines";

const SENDS = ["folder", "environment", "project", "script"] as const;
const ACCESSES = ["me", "anyone", "password", "public"] as const;

export class MorePart implements Part {
  readonly element: HTMLDetailsElement;
  private readonly name: TextField;
  private readonly inputs: Inputs;
  private readonly image: Select;
  private readonly imageRow: HTMLElement;
  private readonly send: Select;
  private readonly port: PortPart;
  private readonly sysimage: Checkbox;
  private readonly project: TextField;
  private readonly projectRow: HTMLElement;
  private readonly sendRow: HTMLElement;
  private readonly mark = make("span", { class: "count" });
  private worst: "error" | "warning" | undefined;

  constructor(private readonly context: Context) {
    const { words, fields } = context;
    this.name = new TextField(words.name, (text) => { context.choose({ name: text.trim() === "" ? undefined : text }); });
    this.inputs = new Inputs(context);
    this.image = new Select(words.julia, (value) => { context.choose(imageOf(value)); });
    this.imageRow = row(words.julia, this.image.element, fields.beside(["julia", "image", "product"], this.image));
    this.send = new Select(words.send, (value) => {
      const send = value as NonNullable<SubmitParams["send"]>;
      context.choose(send === "folder" ? { send } : { send, directory: undefined });
    });
    this.sendRow = row(words.send, this.send.element);
    this.port = new PortPart(context);
    this.sysimage = new Checkbox(words.sysimage, (checked) => { context.choose({ sysimage: checked ? true : undefined }); });
    this.project = new TextField(words.projectOfServer, (text) => { context.choose({ project: text.trim() === "" ? undefined : text.trim() }); }, { placeholder: words.projectHint });
    this.projectRow = row(words.projectOfServer, this.project.element, fields.beside(["project"], this.project));
    this.element = make(
      "details",
      { class: "more-fields" },
      make("summary", {}, icon("chevron-right"), words.more, this.mark),
      row(words.name, this.name.element, fields.beside(["name"], this.name)),
      row(words.inputs, this.inputs.element, fields.beside(["env"])),
      this.imageRow,
      this.sendRow,
      this.port.element,
      row(words.sysimageLabel, this.sysimage.element, fields.beside(["sysimage"])),
      this.projectRow,
    );
  }

  render(shown: Shown): void {
    const { view: { form, script }, choices } = shown;
    this.name.set(choices.name ?? "");
    this.name.element.placeholder = script.name;
    this.inputs.render(shown);
    this.renderImages(form, choices);
    this.send.set(SENDS.map((value) => ({ value, label: this.wordsOf(value) })), choices.send ?? "folder");
    show(this.sendRow, form.environment.environment !== undefined);
    this.port.render(shown);
    this.sysimage.set(choices.sysimage === true);
    this.project.set(choices.project ?? "");
    show(this.projectRow, form.server.kind === "hub" || choices.project !== undefined);
  }

  /** What is said beside folded fields is not missed: their heading tells of it, and what is wrong unfolds them. */
  tell(): void {
    const { words } = this.context;
    const worst = (["error", "warning"] as const).find((severity) => this.element.querySelector(`.remark.${severity}`) !== null);
    if (worst === this.worst) return;
    this.worst = worst;
    if (worst === "error") this.element.open = true;
    this.mark.className = `count ${worst ?? ""}`;
    const label = worst === "error" ? words.moreError : words.moreWarning;
    attribute(this.mark, "title", worst === undefined ? undefined : label);
    fill(this.mark, ...(worst === undefined ? [] : [icon(worst), make("span", { class: "unseen" }, label)]));
  }

  private renderImages({ images, image }: Form, choices: SubmitParams): void {
    const { words } = this;
    const several = new Set(images.map(({ product }) => product)).size > 1;
    const automatic = { value: "", label: image === undefined || choices.image !== undefined || choices.julia !== undefined ? words.anyImage : format(words.automaticImage, image) };
    const options = [automatic, ...images.map((each) => ({ value: JSON.stringify(several ? ["image", each.name, each.product] : ["image", each.name]), label: labelOf(each) }))];
    const value = choices.image !== undefined ? (options.find((option) => option.value.startsWith(JSON.stringify(["image", choices.image]).slice(0, -1)))?.value ?? JSON.stringify(["image", choices.image])) : choices.julia !== undefined ? JSON.stringify(["julia", choices.julia]) : "";
    if (!options.some((option) => option.value === value)) options.push({ value, label: choices.image ?? `Julia ${choices.julia ?? ""}` });
    this.image.set(options, value);
    show(this.imageRow, images.length > 0 || value !== "");
  }

  private get words(): Context["words"] {
    return this.context.words;
  }

  private wordsOf(send: (typeof SENDS)[number]): string {
    return this.words[`send.${send}`];
  }
}

/** Names and values, a row for each, and one to add. */
class Inputs implements Part {
  readonly element = make("div", { class: "inputs" });
  private rows: { readonly name: TextField; readonly value: TextField; readonly element: HTMLElement }[] = [];
  private readonly list = make("div", { class: "pairs" });
  private readonly says: HTMLElement;

  constructor(readonly context: Context) {
    const { words } = context;
    const add = make("button", { class: "link", type: "button", on: { click: () => { this.addAndGo(); } } }, icon("add"), ` ${words.addInput}`);
    this.says = make("div", { class: "muted" }, words.inputsSay);
    fill(this.element, this.list, add, this.says);
  }

  render({ choices }: Shown): void {
    show(this.says, this.rows.length > 0);
    // What cannot be read stands nowhere else.
    if (this.context.fields.isUnreadable("env")) return;
    if (sameEntries(this.entries(), choices.env ?? {}) || this.element.contains(document.activeElement)) return;
    for (const { element } of this.rows) element.remove();
    this.rows = [];
    for (const [name, value] of Object.entries(choices.env ?? {})) this.add(name, value);
    this.name();
  }

  private addAndGo(): void {
    const { element } = this.add("", "").name;
    this.name();
    void element.updateComplete.then(() => {
      element.focus();
    });
  }

  private add(name: string, value: string): (typeof this.rows)[number] {
    const { words } = this.context;
    const typed = (): void => { this.tell(); };
    const fields = { name: new TextField("", typed, { placeholder: words.name }), value: new TextField("", typed) };
    fields.name.element.value = name;
    fields.value.element.value = value;
    const remove = iconButton("close", "", () => { this.remove(added); });
    const element = make("div", { class: "pair" }, fields.name.element, make("span", { "aria-hidden": "true" }, "="), fields.value.element, remove);
    const added = { ...fields, element };
    this.rows.push(added);
    this.list.append(element);
    return added;
  }

  private remove(gone: (typeof this.rows)[number]): void {
    const index = this.rows.indexOf(gone);
    this.rows.splice(index, 1);
    gone.element.remove();
    this.name();
    this.tell();
    // The focus was on what is gone: it goes to the next one, or to the button that adds one.
    (this.rows[Math.min(index, this.rows.length - 1)]?.name.element ?? this.element.querySelector<HTMLElement>(".link"))?.focus();
  }

  /** Each field says for ears which it is. */
  private name(): void {
    const { words } = this.context;
    this.rows.forEach(({ name, value, element }, index) => {
      name.element.label = format(words.inputName, index + 1);
      value.element.label = format(words.inputValue, index + 1);
      const label = format(words.removeInput, index + 1);
      const remove = element.querySelector("button");
      remove?.setAttribute("aria-label", label);
      remove?.setAttribute("title", label);
    });
  }

  private entries(): Record<string, string> {
    return Object.fromEntries(this.rows.map(({ name, value }) => [name.text.trim(), value.text] as const).filter(([name]) => name !== ""));
  }

  private tell(): void {
    const wrong = this.wrong();
    if (wrong !== undefined) {
      this.context.unreadable("env", wrong);
      return;
    }
    const entries = this.entries();
    this.context.fields.setUnreadable("env", undefined);
    this.context.choose({ env: Object.keys(entries).length === 0 ? undefined : entries });
  }

  /** None is dropped without a word. */
  private wrong(): string | undefined {
    const { words } = this.context;
    if (this.rows.some(({ name, value }) => name.text.trim() === "" && value.text !== "")) return words.inputNameless;
    const names = this.rows.map(({ name }) => name.text.trim()).filter((name) => name !== "");
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    return twice === undefined ? undefined : format(words.inputTwice, twice);
  }
}

/** A port of the job's that others may open. The password stays in its field: nobody keeps it. */
class PortPart implements Part {
  readonly element: HTMLElement;
  private readonly rows: readonly [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  private readonly port: TextField;
  private readonly access: Select;
  private readonly password: TextField;
  private readonly name: TextField;

  constructor(private readonly context: Context) {
    const { words, fields } = context;
    this.port = countField(context, "port", words.port, { placeholder: words.portNone, example: "8080" });
    this.access = new Select(words.portAccess, (value) => {
      context.choose({ portAccess: value as NonNullable<SubmitParams["portAccess"]>, ...(value === "password" ? {} : { portPassword: undefined }) });
    });
    this.password = new TextField(words.portPassword, (text) => { context.choose({ portPassword: text === "" ? undefined : text }); }, { type: "password" });
    this.name = new TextField(words.portName, (text) => { context.choose({ portName: text.trim() === "" ? undefined : text.trim() }); }, { placeholder: words.portNameHint });
    this.rows = [
      row(words.port, this.port.element, fields.beside(["port"], this.port)),
      row(words.portAccess, this.access.element, fields.beside(["portAccess"], this.access)),
      row(words.portPassword, this.password.element, make("span", { class: "muted" }, words.portPasswordSays), fields.beside(["portPassword"], this.password)),
      row(words.portName, this.name.element, fields.beside(["portName"], this.name)),
    ];
    this.element = make("div", {}, ...this.rows);
  }

  render({ choices }: Shown): void {
    const { words } = this.context;
    const [, access, password, name] = this.rows;
    this.port.set(choices.port === undefined ? "" : String(choices.port));
    this.access.set(ACCESSES.map((value) => ({ value, label: words[`access.${value}`] })), choices.portAccess ?? "me");
    this.name.set(choices.portName ?? "");
    if (choices.portPassword === undefined) this.password.set("");
    const given = choices.port !== undefined;
    for (const each of [access, name]) show(each, given);
    show(password, given && choices.portAccess === "password");
  }
}

function labelOf({ name, juliaVersion, mismatch }: FormImage): string {
  const julia = juliaVersion === undefined || name.includes(juliaVersion) ? name : `${name} · Julia ${juliaVersion}`;
  return mismatch === undefined ? julia : `⚠ ${julia}`;
}

function imageOf(value: string): { julia: string | undefined; image: string | undefined; product: string | undefined } {
  const none = { julia: undefined, image: undefined, product: undefined };
  if (value === "") return none;
  const [kind, name, product] = JSON.parse(value) as ["image" | "julia", string, string?];
  return kind === "julia" ? { ...none, julia: name } : { ...none, image: name, product };
}

function sameEntries(one: Record<string, string>, other: Record<string, string>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
