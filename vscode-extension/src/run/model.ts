/**
 * The form of the script at hand: asks the daemon when something changed, keeps each script's choices, and drops answers that were
 * overtaken. Knows nothing of VS Code; effects are given.
 */
import type { Form, FormParams, SubmitParams } from "../protocol";
import type { Source } from "./messages";

/** Typing pauses this long before the daemon is asked, and so much longer before the bundle is planned anew. */
export const TYPING_MS = 120;
export const CALM_MS = 600;
/** More scripts than these are not remembered. */
const MOST_DRAFTS = 50;
/** What means something on one server only. */
const OF_A_SERVER = ["node", "image", "product", "julia", "project"] as const;

/** Choices that were made by hand and not submitted yet. */
export interface Draft {
  readonly choices: SubmitParams;
  readonly source: Source;
}

/** What to fill a form for. */
export type FormRequest = Pick<FormParams, "script" | "job" | "server" | "configuration" | "folder">;

export interface Effects {
  ask(params: FormParams): Promise<Form>;
  /** The form, or its absence, is to be drawn anew. */
  changed(): void;
  /** `asked`: somebody waits for just this form; else it stays as it was. */
  failed(error: unknown, asked: boolean): void;
  later(act: () => void, milliseconds: number): { cancel(): void };
  loadDrafts(): Readonly<Record<string, Draft>>;
  saveDrafts(drafts: Readonly<Record<string, Draft>>): void;
}

export class RunModel {
  form: Form | undefined;
  source: Source = { origin: "defaults", changed: false };
  /** How often the form was filled with choices that were not made in it. */
  filled = 0;
  /** The last edit that `form` takes in. */
  edit = 0;
  private readonly drafts: Map<string, Draft>;
  private request: FormRequest = {};
  private asked = 0;
  private wanted = 0;
  /** What was chosen by hand in this form, answered or not. */
  private latest: SubmitParams | undefined;
  /** Of the port; while it stands in the page's field. */
  private password: string | undefined;
  private planned: { cancel(): void } | undefined;

  constructor(private readonly effects: Effects) {
    this.drafts = new Map(Object.entries(effects.loadDrafts()).map(([script, draft]) => [placeOf(script), draft]));
  }

  /** What the form is filled for: a script, or what a job or a configuration says. */
  get script(): string | undefined {
    return this.form?.choices.script ?? this.request.script;
  }

  /** Whether the form is for this script, however its URI is written. */
  isAbout(script: string | undefined): boolean {
    return script === undefined || this.script === undefined ? script === this.script : placeOf(script) === placeOf(this.script);
  }

  /** As they stand now, answered or not. Without a password. */
  get choices(): SubmitParams | undefined {
    return this.latest ?? this.form?.choices;
  }

  /** Another script, or another beginning: its own choices if it has any that were not submitted. */
  open(request: FormRequest): void {
    this.request = request;
    const draft = this.draft;
    if (draft === undefined) this.begin(request);
    else this.continue(draft);
  }

  /** A change by hand. */
  edited(choices: SubmitParams, edit: number, filled: number): void {
    // An edit of what was in the form before was overtaken.
    if (filled !== this.filled) return;
    const source = { ...this.source, changed: true };
    this.wanted = edit;
    this.password = choices.portPassword;
    this.latest = withoutSecrets(choices);
    this.source = source;
    this.keep({ choices: this.latest, source });
    this.plan(TYPING_MS, () => this.fill(this.given(choices), edit, source));
  }

  /** The same choices once more: the environment, a file or the server has changed. */
  refresh(): void {
    if (this.form === undefined) {
      if (Object.keys(this.request).length > 0) this.open(this.request);
      return;
    }
    this.plan(TYPING_MS, () => this.fill(this.given(this.choices ?? {}), this.wanted, undefined));
  }

  /** What is submitted for a script without a word of the page's: as it stands in the form, if that is looked at, else as it was left there. */
  chosenFor(script: string, isLookedAt: boolean): SubmitParams | undefined {
    const isShown = this.isAbout(script);
    const choices = isLookedAt && isShown ? this.choices : this.drafts.get(placeOf(script))?.choices;
    if (choices === undefined || choices.code !== undefined) return undefined;
    return isShown ? this.given(choices).choices : choices;
  }

  /** Scripts run on this server from now on: all that was chosen goes along, but for names that mean nothing there. */
  moveTo(server: string): void {
    for (const [script, draft] of this.drafts) this.drafts.set(script, { ...draft, choices: moved(draft.choices, server) });
    this.effects.saveDrafts(Object.fromEntries(this.drafts));
    if (this.choices === undefined) this.refresh();
    if (this.choices === undefined || this.choices.server === server) return;
    const choices = moved(this.choices, server);
    if (this.latest !== undefined) this.latest = choices;
    this.run(() => this.fill(this.given(choices), this.wanted, undefined), true);
  }

  /** Some choices differ from now on, as by a click outside the page. */
  choose(patch: SubmitParams): void {
    if (this.form === undefined) return;
    const choices = { ...this.choices, ...patch };
    const source = { ...this.source, changed: true };
    this.latest = choices;
    this.source = source;
    this.keep({ choices, source });
    this.run(() => this.fill(this.given(choices), this.wanted, source));
  }

  /** The page is new: the password went with the old one. */
  forgetPassword(): void {
    this.password = undefined;
  }

  /** As the script is without what was changed by hand. */
  startOver(): void {
    const script = this.script;
    this.forget();
    this.begin(script === undefined ? this.request : { script });
  }

  /** A script was submitted as it stood in the form: its next one begins with that. */
  submitted(script: string): void {
    if (this.isAbout(script)) this.startOver();
    else this.drop(script);
  }

  /** What was changed by hand has been submitted, or kept elsewhere. */
  forget(): void {
    this.latest = undefined;
    if (this.script !== undefined) this.drop(this.script);
  }

  /** The choices are those of a configuration now. */
  saved(configuration: string): void {
    this.source = { origin: "configuration", configuration, changed: false };
    this.forget();
    this.effects.changed();
  }

  close(): void {
    this.planned?.cancel();
    this.asked += 1;
  }

  private get draft(): Draft | undefined {
    const { script, job, configuration } = this.request;
    return script === undefined || job !== undefined || configuration !== undefined ? undefined : this.drafts.get(placeOf(script));
  }

  private begin(request: FormRequest): void {
    this.request = request;
    this.latest = undefined;
    this.forgetPassword();
    this.run(() => this.fill(request, this.wanted, undefined, true), true);
  }

  private continue({ choices, source }: Draft): void {
    this.latest = choices;
    this.forgetPassword();
    this.run(() => this.fill({ choices }, this.wanted, source, true), true);
  }

  /** First what is known at once, then with the bundle. `source` undefined: as the daemon says. */
  private async fill(params: FormParams, edit: number, source: Source | undefined, fresh = false): Promise<void> {
    const asked = (this.asked += 1);
    const form = await this.effects.ask(params);
    if (asked !== this.asked) return;
    if (fresh) this.filled += 1;
    if (params.job !== undefined || params.configuration !== undefined) this.replaced(form.choices);
    // A form that was filled anew says where from; else that stays as it is by now.
    this.take(form, edit, !fresh ? this.source : source ?? { origin: form.origin, configuration: params.configuration, changed: false });
    this.plan(CALM_MS, async () => {
      const planned = await this.effects.ask({ choices: params.choices ?? form.choices, bundle: true });
      if (asked === this.asked) this.take(planned, edit, this.source);
    });
  }

  private given(choices: SubmitParams): { readonly choices: SubmitParams } {
    const { password } = this;
    return { choices: { ...withoutSecrets(choices), ...(password === undefined ? {} : { portPassword: password }) } };
  }

  private take(form: Form, edit: number, source: Source): void {
    this.form = { ...form, choices: withoutSecrets(form.choices) };
    this.edit = edit;
    this.source = source;
    this.effects.changed();
  }

  private plan(milliseconds: number, act: () => Promise<void>): void {
    this.planned?.cancel();
    this.planned = this.effects.later(() => {
      this.run(act);
    }, milliseconds);
  }

  private run(act: () => Promise<void>, asked = false): void {
    this.planned?.cancel();
    act().catch((error: unknown) => {
      this.effects.failed(error, asked);
    });
  }

  /** What a job or a configuration says was asked for in place of what was changed before. */
  private replaced({ script, code }: SubmitParams): void {
    if (script !== undefined && code === undefined) this.drop(script);
  }

  private drop(script: string): void {
    this.drafts.delete(placeOf(script));
    this.effects.saveDrafts(Object.fromEntries(this.drafts));
  }

  /** A selection is for once: it is no choice that the script is found with again. */
  private keep(draft: Draft): void {
    const { script, code } = draft.choices;
    if (script === undefined || code !== undefined) return;
    this.drafts.delete(placeOf(script));
    this.drafts.set(placeOf(script), draft);
    for (const oldest of [...this.drafts.keys()].slice(0, -MOST_DRAFTS)) this.drafts.delete(oldest);
    this.effects.saveDrafts(Object.fromEntries(this.drafts));
  }
}

/** What two ways to write a file's URI have in common: of a drive the daemon writes `C:`, VS Code `c%3A`. */
function placeOf(uri: string): string {
  return decodeURIComponent(uri).replace(/^file:\/\/\/[A-Za-z]:/, (drive) => drive.toLowerCase());
}

function moved(choices: SubmitParams, server: string): SubmitParams {
  if (choices.server === server) return choices;
  const kept = { ...choices, server };
  for (const key of OF_A_SERVER) Reflect.deleteProperty(kept, key);
  return kept;
}

function withoutSecrets(choices: SubmitParams): SubmitParams {
  const kept = { ...choices };
  delete kept.portPassword;
  return kept;
}
