/** What the RUN pane and its page say to each other. Types alone: the page is built apart. */
import type { Configuration, Form, Server, SubmitParams } from "../protocol";

/** Where the choices come from. `changed`: by hand since. */
export interface Source {
  readonly origin: Form["origin"];
  readonly configuration?: string | undefined;
  readonly changed: boolean;
}

/**
 * The form of one script. `filled` counts how often it was filled with choices that were not made in it; `edit` is the last edit of the
 * page that it takes in. `busy`: it is being submitted.
 */
export interface FormView {
  readonly kind: "form";
  readonly script: { readonly name: string; readonly folder: string };
  readonly form: Form;
  readonly servers: readonly Server[];
  readonly configurations: readonly Pick<Configuration, "name" | "folder" | "problem">[];
  readonly source: Source;
  readonly filled: number;
  readonly edit: number;
  readonly busy: boolean;
}

/** In place of a form: why there is none, and what to do about it. */
export interface WelcomeView {
  readonly kind: "welcome";
  readonly text: string;
  readonly actions: readonly { readonly title: string; readonly gesture: Gesture }[];
}

/** Nothing to say yet: the daemon starts, or the first form is on its way. */
export interface WaitingView {
  readonly kind: "waiting";
}

export type View = FormView | WelcomeView | WaitingView;

/** Where a problem stands in a form. */
export type About = "fields" | "environment" | "bundle";

/** What can be asked for with a click. */
export type Gesture =
  | "openScript"
  | "chooseScript"
  | "chooseEnvironment"
  | "openProject"
  | "openManifest"
  | "openArtifacts"
  | "chooseManifest"
  | "chooseArtifacts"
  | "showBundle"
  | "chooseDirectory"
  | "addServer"
  | "saveConfiguration"
  | "startOver"
  | "copyCommand"
  | "trust"
  | "startDaemon"
  | "showOutput";

export interface ToPage {
  readonly type: "show";
  readonly view: View;
}

/**
 * `edited`: all choices as they stand now; edits are counted. `started`: submit them. `configured`: fill the form with a configuration, or
 * with what the script had without a choice. `unreadable`: what is wrong with a field that holds no value at all; absent: with none any more.
 * `mended`: button `action` of a problem that was told of `about` was pressed.
 */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "edited"; readonly choices: SubmitParams; readonly edit: number; readonly filled: number }
  | { readonly type: "unreadable"; readonly sentence?: string; readonly filled: number }
  | { readonly type: "started"; readonly choices: SubmitParams }
  | { readonly type: "served"; readonly server: string }
  | { readonly type: "configured"; readonly configuration?: string; readonly folder?: string }
  | { readonly type: "mended"; readonly about: About; readonly problem: number; readonly action: number }
  | { readonly type: "asked"; readonly gesture: Gesture };
