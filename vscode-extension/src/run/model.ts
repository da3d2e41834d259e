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

/**
 * Choices that were made by hand and not submitted yet. They name the server that they were made for, and are asked about on the one that
 * scripts run on: the daemon knows what goes along. `server`: another one, which a job or a configuration names.
 */
export interface Draft {
  readonly choices: SubmitParams;
  readonly source: Source;
  readonly server?: string | undefined;
}

const OF_A_BUNDLE = ["directory", "allow", "gitignore", "manifest", "artifacts"] as const;
export type BundleChoices = Pick<SubmitParams, (typeof OF_A_BUNDLE)[number]>;

/** What to fill a form for. */
export type FormRequest = Pick<FormParams, "script" | "job" | "server" | "configuration" | "folder">;

export interface Effects {
  /** Without a server: on the one that scripts run on. */
  ask(params: FormParams): Promise<Form>;
  /** Nothing is asked for a form that nobody looks at. */
  isSeen(): boolean;
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
  /** The form is the one that was requested last: not still on its way, or waiting to be looked at. */
  private isOpen = false;
  private asked = 0;
  private wanted = 0;
  /** What was chosen by hand in this form, answered or not. */
  private latest: SubmitParams | undefined;
  /** As in a draft. */
  private server: string | undefined;
  /** Of the port; while it stands in the page's field. */
  private password: string | undefined;
  private planned: { cancel(): void } | undefined;

  constructor(private readonly effects: Effects) {
    const kept = Object.values(effects.loadDrafts());
    this.drafts = new Map(kept.flatMap((draft) => (draft.choices.script === undefined ? [] : [[placeOf(draft.choices.script), draft]])));
  }

  /** What the form is filled for: a script, or what a job or a configuration says. */
  get script(): string | undefined {
    return (this.isOpen ? undefined : this.request.script) ?? this.form?.choices.script;
  }

  /** Whether the form is for this script, however its URI is written. */
  isAbout(script: string | undefined): boolean {
    return script === undefined || this.script === undefined ? script === this.script : placeOf(script) === placeOf(this.script);
  }

  /** As they stand now, answered or not. Without a password. */
  get choices(): SubmitParams | undefined {
    return this.latest ?? (this.isOpen ? this.form?.choices : undefined);
  }

  /** Another script, or another beginning: its own choices if it has any that were not submitted. `asked`: somebody waits for it. */
  open(request: FormRequest, asked = true): void {
    this.close();
    this.request = request;
    const { script, job, configuration } = request;
    const draft = job === undefined && configuration === undefined ? this.draftOf(script) : undefined;
    this.isOpen = false;
    this.latest = draft?.choices;
    this.server = draft?.server;
    this.forgetPassword();
    const params = draft === undefined ? request : this.given(draft.choices);
    if (this.effects.isSeen()) this.run(() => this.fill(params, this.wanted, draft?.source, true), asked);
  }

  /** A change by hand. */
  edited(choices: SubmitParams, edit: number, filled: number): void {
    // An edit of what was in the form before was overtaken.
    if (filled !== this.filled) return;
    const source = { ...this.source, changed: true };
    // The form makes room for another script's: this one is found again with its own.
    if (!this.isAbout(choices.script)) {
      this.keep({ choices: withoutSecrets(choices), source });
      return;
    }
    if (!this.isOpen) this.close();
    this.isOpen = true;
    this.wanted = edit;
    this.password = choices.portPassword;
    this.change(withoutSecrets(choices), source);
    this.plan(TYPING_MS, () => this.fill(this.given(choices), edit, source));
  }

  /** The same choices once more: the environment, a file or the server has changed. `asked`: somebody waits for it. */
  refresh(asked = false): void {
    if (!this.isOpen) {
      if (Object.keys(this.request).length > 0) this.open(this.request, asked);
      return;
    }
    this.plan(TYPING_MS, () => this.fill(this.given(this.choices ?? {}), this.wanted, undefined), asked);
  }

  /** Where scripts run was chosen: that holds for this one, too, whatever its job or configuration says. */
  followServer(): void {
    this.server = undefined;
    const draft = this.draftOf(this.latest?.script);
    if (draft?.server !== undefined) this.keep({ ...draft, server: undefined });
    if (this.effects.isSeen()) this.refresh(true);
  }

  /** What to ask for to have what is submitted for a script without a word of the page's: as it stands in the form, if that is looked at, else as it was left there. */
  requestFor(script: string, isLookedAt: boolean): FormParams {
    const isShown = this.isAbout(script);
    if (isLookedAt && isShown && this.choices !== undefined && this.choices.code === undefined) return this.given(this.choices);
    const draft = this.draftOf(script);
    if (draft === undefined) return { script };
    return isShown ? this.given(draft.choices) : asking(draft.choices, draft.server);
  }

  /** What of a script's choices says what is bundled, in the form that is about it or left there; nothing where no folder goes along. */
  bundledWith(script: string): BundleChoices {
    const own = this.form?.choices.script;
    const isShown = own !== undefined && placeOf(own) === placeOf(script);
    const choices = this.draftOf(script)?.choices ?? (isShown ? this.form?.choices : undefined);
    if (choices?.send !== undefined && choices.send !== "folder") return {};
    return Object.fromEntries(OF_A_BUNDLE.flatMap((key) => (choices?.[key] === undefined ? [] : [[key, choices[key]]])));
  }

  /** All that stands in the form but for the password, to be asked about. */
  get standing(): FormParams | undefined {
    return this.choices === undefined ? undefined : asking(this.choices, this.server);
  }

  /** Some choices differ from now on, as by a click outside the page. */
  choose(patch: SubmitParams): void {
    if (!this.isOpen) return;
    const choices = { ...this.choices, ...patch };
    const source = { ...this.source, changed: true };
    this.change(choices, source);
    this.run(() => this.fill(this.given(choices), this.wanted, source));
  }

  /** The page is new: the password went with the old one. */
  forgetPassword(): void {
    this.password = undefined;
  }

  /** As the script is without what was changed by hand. */
  startOver(): void {
    const { script } = this;
    this.forget();
    this.open(script === undefined ? this.request : { script });
  }

  /** These are submitted. To be called when they are: the script's next job begins with them, unless something else was chosen meanwhile. */
  submitting({ script, code }: SubmitParams): () => void {
    const left = code === undefined ? this.draftOf(script)?.choices : undefined;
    const latest = left ?? (this.isAbout(script) ? this.latest : undefined);
    return () => {
      if (script !== undefined && left !== undefined && this.draftOf(script)?.choices === left) this.drop(script);
      if (this.isAbout(script) && this.latest === latest && this.choices?.code === code) this.open(script === undefined ? this.request : { script });
    };
  }

  /** What was changed by hand has been kept elsewhere, or is not wanted. */
  forget(): void {
    if (this.script !== undefined && this.choices?.code === undefined) this.drop(this.script);
    this.latest = undefined;
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

  private draftOf(script: string | undefined): Draft | undefined {
    return script === undefined ? undefined : this.drafts.get(placeOf(script));
  }

  /** First what is known at once, then with the bundle. `source` undefined: as the daemon says. */
  private async fill(params: FormParams, edit: number, source: Source | undefined, fresh = false): Promise<void> {
    const asked = (this.asked += 1);
    const form = await this.effects.ask(params);
    if (asked !== this.asked) return;
    if (fresh) this.filled += 1;
    this.isOpen = true;
    if (params.job !== undefined || params.configuration !== undefined) this.replaced(form);
    // A form that was filled anew says where from; else that stays as it is by now.
    this.take(form, edit, !fresh ? this.source : source ?? { origin: form.origin, configuration: params.configuration, changed: false });
    this.plan(CALM_MS, async () => {
      const planned = await this.effects.ask({ ...this.given(params.choices ?? form.choices), bundle: true });
      if (asked === this.asked) this.take(planned, edit, this.source);
    });
  }

  private given(choices: SubmitParams): FormParams {
    const { password, server } = this;
    return asking({ ...withoutSecrets(choices), ...(password === undefined ? {} : { portPassword: password }) }, server);
  }

  private change(choices: SubmitParams, source: Source): void {
    this.latest = choices;
    this.source = source;
    this.keep({ choices, source, server: this.server });
  }

  private take(form: Form, edit: number, source: Source): void {
    this.form = { ...form, choices: withoutSecrets(form.choices) };
    this.edit = edit;
    this.source = source;
    this.effects.changed();
  }

  private plan(milliseconds: number, act: () => Promise<void>, asked = false): void {
    this.planned?.cancel();
    this.planned = this.effects.later(() => {
      this.run(act, asked);
    }, milliseconds);
  }

  private run(act: () => Promise<void>, asked = false): void {
    this.planned?.cancel();
    act().catch((error: unknown) => {
      this.effects.failed(error, asked);
    });
  }

  /** What a job or a configuration says was asked for in place of what was changed before. */
  private replaced({ server, choices: { script, code } }: Form): void {
    this.server = server.current ? undefined : server.id;
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
  return decoded(uri).replace(/^file:\/\/\/[A-Za-z]:/, (drive) => drive.toLowerCase());
}

/** As it is where it cannot be decoded. */
function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function asking(choices: SubmitParams, server: string | undefined): FormParams {
  return { choices, ...(server === undefined ? {} : { server }) };
}

function withoutSecrets(choices: SubmitParams): SubmitParams {
  const kept = { ...choices };
  delete kept.portPassword;
  return kept;
}
