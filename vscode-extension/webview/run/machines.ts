/** The middle of the form: where it runs, on which machines, with how many processes, for how long. */
import type { Form, Server, SubmitParams } from "../../src/protocol";
import { make, setText, show } from "../kit/dom";
import { numberOf, Radios, row, Select, TextField } from "../kit/fields";
import { format } from "../kit/strings";
import type { Context, Part, Patch, Shown } from "./context";
import { Drawing } from "./drawing";

const OTHER = "\n other";
type PerNode = "one" | "vcpu" | "number";

export class MachinesPart implements Part {
  readonly element: HTMLElement;
  private readonly where: Select;
  private readonly signIn: HTMLButtonElement;
  private readonly node: Select;
  private readonly mode: Radios;
  private readonly nodes: TextField;
  private readonly perNode: Select;
  private readonly perNodeNumber: TextField;
  private readonly pool: Radios;
  private readonly atLeast: TextField;
  private readonly atLeastRow: HTMLElement;
  private readonly elasticSays: HTMLElement;
  private readonly threads: TextField;
  private readonly cluster: HTMLElement;
  private readonly poolRow: HTMLElement;
  private readonly drawing: Drawing;
  private readonly limit: LimitPart;
  private distributed = false;
  private counting: PerNode = "one";
  /** What was chosen before one process was: it is there again. */
  private before: Patch = { nodes: 2, processPerVcpu: true, processesPerNode: undefined };

  constructor(private readonly context: Context) {
    const { words, fields } = context;
    this.where = new Select(words.where, (value) => {
      if (value === OTHER) context.ask("addServer");
      else context.serve(value);
    });
    this.signIn = make("button", { class: "link", type: "button", on: { click: () => { this.signInHere(); } } }, words.signIn);
    this.node = new Select(words.node, (value) => {
      context.choose({ node: value === "" ? undefined : value, vcpus: undefined, memory: undefined, gpu: undefined });
    });
    const modes = [{ value: "one", label: words.one }, { value: "distributed", label: words.distributed }];
    this.mode = new Radios(words.processes, "mode", modes, (value) => { this.turn(value === "distributed"); });
    this.nodes = this.count("nodes", words.nodes, "1", "2");
    const counts = [{ value: "one", label: words["perNode.one"] }, { value: "vcpu", label: words["perNode.vcpu"] }, { value: "number", label: words["perNode.number"] }];
    this.perNode = new Select(words.perNode, (value) => { this.countBy(value as PerNode); });
    this.perNode.set(counts, "one");
    this.perNodeNumber = this.count("processesPerNode", words.perNodeNumber, "2", "4");
    const pools = [{ value: "fixed", label: words.fixed }, { value: "elastic", label: words.elastic }];
    this.pool = new Radios(words.pool, "pool", pools, (value) => {
      context.choose({ elastic: value === "elastic" ? true : undefined, minNodes: undefined });
    });
    this.atLeast = this.count("minNodes", words.atLeastLabel, words.all, "2");
    this.atLeastRow = make("span", { class: "inline" }, words.atLeast, this.atLeast.element);
    this.elasticSays = make("span", { class: "muted" }, words.elasticSays);
    this.threads = this.count("threads", words.threadsLabel, words.automatic, "4");
    this.poolRow = row(words.pool, this.pool.element, this.atLeastRow, this.elasticSays, fields.beside(["elastic"], undefined), fields.beside(["minNodes"], this.atLeast));
    this.cluster = make(
      "div",
      { class: "cluster" },
      row(words.nodes, this.nodes.element, fields.beside(["nodes"], this.nodes)),
      row(words.perNode, this.perNode.element, this.perNodeNumber.element, fields.beside(["processesPerNode", "processPerVcpu"], this.perNodeNumber)),
      this.poolRow,
    );
    this.drawing = new Drawing(words);
    this.limit = new LimitPart(context);
    this.element = make(
      "section",
      {},
      row(words.where, this.where.element, this.signIn, fields.beside(["server"], this.where)),
      row(words.node, this.node.element, fields.beside(["node", "vcpus", "memory", "gpu"], this.node)),
      row(words.processes, this.mode.element),
      this.cluster,
      row(words.threads, this.threads.element, make("span", { class: "muted" }, words.eachProcess), fields.beside(["threads"], this.threads)),
      this.drawing.element,
      this.limit.element,
    );
  }

  /** Choices that were not made here, as one by one: another script, a configuration. */
  adopt(choices: SubmitParams): void {
    this.distributed = isDistributed(choices);
    this.counting = choices.processPerVcpu === true ? "vcpu" : (choices.processesPerNode ?? 1) > 1 ? "number" : "one";
    if (this.distributed) this.before = clusterOf(choices);
  }

  render(shown: Shown): void {
    const { view: { form, servers }, choices } = shown;
    const { words } = this.context;
    this.where.set([...servers.map((server) => ({ value: server.id, label: this.serverWords(server) })), { value: OTHER, label: words.otherServer }], form.server.id);
    show(this.signIn, form.server.state === "signedOut");
    this.renderNodes(form, choices);
    this.mode.set(this.distributed ? "distributed" : "one");
    show(this.cluster, this.distributed);
    this.nodes.set(textOf(choices.nodes));
    this.perNode.select.value = this.counting;
    show(this.perNodeNumber.element, this.counting === "number");
    this.perNodeNumber.set(textOf(choices.processesPerNode));
    show(this.poolRow, (choices.nodes ?? 1) > 1 || choices.elastic === true);
    this.pool.set(choices.elastic === true ? "elastic" : "fixed");
    show(this.atLeastRow, choices.elastic !== true);
    show(this.elasticSays, choices.elastic === true);
    this.atLeast.set(textOf(choices.minNodes));
    this.threads.set(textOf(choices.threads));
    this.drawing.render(form.design);
    this.limit.render(shown);
  }

  private renderNodes({ nodes, design }: Form, { node }: SubmitParams): void {
    const options = nodes.map(({ nodeClass, label, priceLabel }) => ({ value: nodeClass, label: priceLabel === undefined ? label : `${label} · ${priceLabel.split(" ", 1)[0] ?? ""}` }));
    const value = node ?? design?.nodeClass ?? "";
    const known = options.some((option) => option.value === value);
    this.node.set(known ? options : [{ value, label: value === "" ? this.context.words.anyNode : value }, ...options], value);
  }

  private turn(distributed: boolean): void {
    const { choices } = this;
    if (!distributed && isDistributed(choices)) this.before = clusterOf(choices);
    this.distributed = distributed;
    if (distributed) this.counting = this.before.processPerVcpu === true ? "vcpu" : (this.before.processesPerNode ?? 1) > 1 ? "number" : "one";
    for (const field of ["nodes", "processesPerNode", "minNodes"] as const) this.context.fields.setUnreadable(field, undefined);
    this.context.choose(distributed ? this.before : { nodes: 1, processesPerNode: 1, processPerVcpu: undefined, minNodes: undefined, elastic: undefined });
  }

  private countBy(counting: PerNode): void {
    this.counting = counting;
    this.context.fields.setUnreadable("processesPerNode", undefined);
    const number = { one: 1, vcpu: undefined, number: Math.max(2, this.choices.processesPerNode ?? 2) }[counting];
    this.context.choose({ processPerVcpu: counting === "vcpu" ? true : undefined, processesPerNode: number });
    if (counting === "number") this.perNodeNumber.element.focus();
  }

  /** The one that is chosen cannot be chosen again. */
  private signInHere(): void {
    const { form } = this.context;
    if (form !== undefined) this.context.serve(form.server.id);
  }

  private get choices(): SubmitParams {
    return this.context.choices;
  }

  private count(field: "nodes" | "processesPerNode" | "minNodes" | "threads", label: string, placeholder: string, example: string): TextField {
    return countField(this.context, field, label, { placeholder, example });
  }

  private serverWords({ name, state }: Server): string {
    const { words } = this.context;
    if (state === "signedOut") return `○ ${format(words.signedOut, name)}`;
    return state === "offline" ? `○ ${format(words.offline, name)}` : `● ${name}`;
  }
}

/** By hours or by cost, and what that comes to. */
class LimitPart implements Part {
  readonly element: HTMLElement;
  private readonly amount: TextField;
  private readonly unit: Select;
  private readonly says = make("span", { class: "muted" });
  private by: "hours" | "cost" | "none" = "hours";

  constructor(private readonly context: Context) {
    const { words, fields } = context;
    this.amount = new TextField(words.limit, (text) => { this.typed(text); }, { class: "short" });
    this.unit = new Select(words.limitUnit, (value) => { this.turn(value as typeof this.by); });
    this.unit.element.classList.add("unit");
    this.element = row(words.limit, this.amount.element, this.unit.element, this.says, fields.beside(["timeLimit", "costLimit"], this.amount));
  }

  render({ view: { form }, choices }: Shown): void {
    const { words } = this.context;
    this.by = choices.costLimit !== undefined ? "cost" : choices.timeLimit === 0 && !this.amount.focused ? "none" : this.by === "none" ? "hours" : choices.timeLimit === undefined ? this.by : "hours";
    const paid = form.nodes.some(({ price }) => price > 0) || this.by === "cost";
    const units = (["hours", ...(paid ? (["cost"] as const) : []), "none"] as const).map((value) => ({ value, label: words[`limit.${value}`] }));
    this.unit.set(units, this.by);
    show(this.amount.element, this.by !== "none");
    this.amount.element.label = format(words.limitAmount, words[`limit.${this.by}`]);
    this.amount.set(textOf(this.by === "cost" ? choices.costLimit : choices.timeLimit));
    const design = form.design;
    const stops = this.by === "cost" && design?.hours !== undefined ? format(words.stopsAfter, Number(design.hours.toPrecision(3))) : "";
    setText(this.says, [design?.limitLabel, stops].filter((part) => part !== undefined && part !== "").join(", "));
  }

  private typed(text: string): void {
    const { words } = this.context;
    const field = this.by === "cost" ? "costLimit" : "timeLimit";
    const value = numberOf(text, false);
    this.context.unreadable(field, Number.isNaN(value) ? format(words.notNumber, "2") : undefined);
    if (!Number.isNaN(value)) this.context.choose(this.by === "cost" ? { costLimit: value ?? 0 } : { timeLimit: value });
  }

  private turn(by: typeof this.by): void {
    this.context.unreadable("timeLimit", undefined);
    this.context.unreadable("costLimit", undefined);
    this.by = by;
    const { form } = this.context;
    const cost = Number((form?.design?.priceAtMost ?? 1).toFixed(2));
    const patches = { hours: { timeLimit: 1, costLimit: undefined }, cost: { timeLimit: undefined, costLimit: cost }, none: { timeLimit: 0, costLimit: undefined } };
    this.context.choose(patches[by]);
  }
}

/** A number of something. */
export function countField(
  context: Context,
  field: "nodes" | "processesPerNode" | "minNodes" | "threads" | "port",
  label: string,
  { placeholder, example }: { placeholder: string; example: string },
): TextField {
  const typed = (text: string): void => {
    const value = numberOf(text, true);
    context.unreadable(field, Number.isNaN(value) ? format(context.words.notWhole, example) : undefined);
    if (!Number.isNaN(value)) context.choose({ [field]: value });
  };
  return new TextField(label, typed, { placeholder, class: "short" });
}

function isDistributed({ nodes = 1, processesPerNode = 1, processPerVcpu, elastic, minNodes }: SubmitParams): boolean {
  return nodes > 1 || processesPerNode > 1 || processPerVcpu === true || elastic === true || minNodes !== undefined;
}

function clusterOf({ nodes, processesPerNode, processPerVcpu, minNodes, elastic }: SubmitParams): Patch {
  return { nodes, processesPerNode: processPerVcpu === true ? undefined : processesPerNode, processPerVcpu, minNodes, elastic };
}

function textOf(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
