/** What the parts of the form share: the choices as they stand, how to change them, and where remarks go. */
import type { Action, FieldProblem, Form, SubmitParams } from "../../src/protocol";
import type { About, FormView, Gesture } from "../../src/run/messages";
import type { RunStrings } from "../../src/run/strings";
import { type Remark, Remarks } from "../kit/fields";

/** Choices to change; undefined takes one away. */
export type Patch = { readonly [K in keyof SubmitParams]?: SubmitParams[K] | undefined };

/** What is drawn: the daemon's last word, and the choices with what was changed since. */
export interface Shown {
  readonly view: FormView;
  readonly choices: SubmitParams;
}

export interface Part {
  readonly element: HTMLElement;
  render(shown: Shown): void;
}

export interface Context {
  readonly words: RunStrings;
  readonly fields: FieldRemarks;
  /** As they stand now. */
  readonly choices: SubmitParams;
  /** As the daemon said last. */
  readonly form: Form | undefined;
  choose(patch: Patch): void;
  /** What is in the field is no value at all, or is one again. */
  unreadable(field: keyof SubmitParams, sentence: string | undefined): void;
  ask(gesture: Gesture): void;
  /** Presses a button of a problem. */
  mend(about: About, problem: number, action: number): void;
  serve(server: string): void;
}

interface Said {
  readonly severity: Remark["severity"];
  readonly message: string;
  readonly actions?: readonly Action[];
}

interface Markable {
  mark(wrong: boolean, remark: string): void;
}

/** Brings what there is to say to the field that it is about. */
export class FieldRemarks {
  private readonly places = new Map<string, { readonly remarks: Remarks; readonly control: Markable | undefined }>();
  private readonly unreadable = new Map<string, string>();
  /** For fields that are not drawn. */
  readonly others = new Remarks();

  /** The place beside the control of the fields with these names. */
  beside(names: readonly (keyof SubmitParams)[], control?: Markable): HTMLElement {
    const remarks = new Remarks();
    for (const name of names) this.places.set(name, { remarks, control });
    return remarks.element;
  }

  /** The first field that holds what cannot be read. */
  get obstacle(): string | undefined {
    return [...this.unreadable.values()][0];
  }

  isUnreadable(field: keyof SubmitParams): boolean {
    return this.unreadable.has(field);
  }

  /** Other choices: what was typed is gone. */
  reset(): void {
    this.unreadable.clear();
  }

  setUnreadable(field: string, sentence: string | undefined): void {
    if (sentence === undefined) this.unreadable.delete(field);
    else this.unreadable.set(field, sentence);
  }

  /** Draws all that there is to say. `act` runs a button. Returns it, for ears. */
  set(problems: readonly FieldProblem[], act: (problem: number, action: number) => void): string {
    const all = [...problems.map((problem, index) => ({ field: problem.field, remark: remarkOf(problem, index, act) })).filter(({ field }) => !this.unreadable.has(field))];
    for (const [field, message] of this.unreadable) all.push({ field, remark: { severity: "error", message } });
    const byPlace = new Map<Remarks, Remark[]>();
    for (const { field, remark } of all) {
      const place = this.places.get(field)?.remarks ?? this.others;
      byPlace.set(place, [...(byPlace.get(place) ?? []), remark]);
    }
    for (const { remarks, control } of this.places.values()) {
      const own = byPlace.get(remarks) ?? [];
      remarks.set(own);
      control?.mark(own.some(({ severity }) => severity === "error"), own.map(({ message }) => message).join(" "));
    }
    this.others.set(byPlace.get(this.others) ?? []);
    return all.map(({ remark }) => remark.message).join(" ");
  }
}

/** A problem as it is said beside something. */
export function remarkOf({ severity, message, actions = [] }: Said, problem: number, act: (problem: number, action: number) => void): Remark {
  const buttons = actions.map(({ title }, action) => ({
    title,
    act: () => {
      act(problem, action);
    },
  }));
  return { severity, message, actions: buttons };
}
