/** What many payloads share: places, problems, buttons, errors. */

/** A zero-based position, as in LSP. */
export interface Position {
  line: number;
  character: number;
}

/** A half-open range, as in LSP. */
export interface Range {
  start: Position;
  end: Position;
}

/** A button: what it says and the command it runs. */
export interface Action {
  title: string;
  command: string;
  arguments?: unknown[];
}

/**
 * Something to tell the user about an environment or a bundle. `code` is stable; `message` is a sentence; `actions` mend it, the best
 * first.
 */
export interface Problem {
  code: string;
  severity: "error" | "warning" | "information";
  message: string;
  uri?: string;
  range?: Range;
  actions?: Action[];
}

/** Nothing to say. */
export type EmptyResult = Record<string, never>;

/** `data` of every failed request. A stable code, an optional button, and numbers or names for a client that words it itself. */
export interface ErrorData {
  code: string;
  action?: Action;
  details?: Record<string, unknown>;
}
