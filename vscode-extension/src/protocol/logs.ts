/** Logs of jobs: the daemon keeps them whole, an editor sees a window. */

/**
 * Which lines to keep: all given conditions hold.
 *
 * `query` is the filter language of docs/logs.md, as `level>=warn worker:3 epoch>10 /loss=\d/`. `pattern` is a regular expression over the
 * message, `level` the least one.
 */
export interface LogFilter {
  query?: string;
  pattern?: string;
  level?: "debug" | "info" | "warn" | "error";
  worker?: number;
}

/**
 * Follow a job's log: its last `tail` lines (that pass the filter, each with `context` lines around it), then every new one. Absent:
 * 10,000.
 *
 * Lines come as `juliahub/logLines`, breaks and the end as `juliahub/logState`.
 */
export interface OpenLogParams {
  server?: string;
  job: string;
  filter?: LogFilter;
  context?: number;
  tail?: number;
}

/** `log` names the subscription. */
export interface OpenLogResult {
  log: string;
}

/** End a subscription. */
export interface CloseLogParams {
  log: string;
}

/**
 * One record. `id` is its place in the log, from 1 without holes.
 *
 * `isContext`: it does not pass the filter, a line near it does. `group`: Julia's own, which is the source file's name without its ending
 * unless the code names another; `runner` for what a localhub says of the job itself.
 */
export interface LogLine {
  id: number;
  time?: number;
  message: string;
  level: string;
  worker: number;
  group?: string;
  module?: string;
  file?: string;
  line?: number;
  keywords?: Record<string, unknown>;
  isContext?: boolean;
}

/**
 * A batch of lines, in order. `reset`: they take the place of all that was sent before. `earlier`: so many lines that would be shown come
 * before the first of these; absent while the daemon still reads the log's beginning, and `id` then counts from the first line of this
 * preview. `matches`: so many lines of the whole log pass the filter so far; absent without one, and while `earlier` is not known.
 */
export interface LogLinesParams {
  log: string;
  lines: LogLine[];
  reset: boolean;
  earlier?: number;
  matches?: number;
}

/**
 * `reading` (the daemon has `stored` records of a log that is longer), `live`, `reconnecting`, `gap` (records `gapFrom` to `gapTo` cannot
 * be had), `complete` (`last` is the last) or `failed`.
 *
 * `failed` ends it before the log does; `message` says why, and opening the log again is the way on.
 */
export interface LogStateParams {
  log: string;
  state: "reading" | "live" | "reconnecting" | "gap" | "complete" | "failed";
  stored?: number;
  last?: number;
  gapFrom?: number;
  gapTo?: number;
  message?: string;
}

/**
 * At most `limit` lines that pass the filter: the first after the record `after` (0: from the first), or the last before the record
 * `before`.
 */
export interface ReadLogParams {
  server?: string;
  job: string;
  after?: number;
  before?: number;
  limit?: number;
  filter?: LogFilter;
  context?: number;
}

/**
 * In the log's order. `earlier`: so many lines that would be shown come before the first of these.
 *
 * `complete`: the job has ended and nothing follows.
 */
export interface ReadLogResult {
  lines: LogLine[];
  earlier: number;
  complete: boolean;
}

/** A line for an outline: where a stage or a worker begins, a warning, an error. `id` is the record's. */
export interface LogMark {
  id: number;
  kind: "stage" | "worker" | "warning" | "error";
  text: string;
}

/** A keyword of the user's own logging. `numeric`: its values are numbers, so it can be plotted. */
export interface LogKeyword {
  name: string;
  numeric: boolean;
  count: number;
}

/** Of what the daemon has of this log. */
export interface LogSummaryParams {
  server?: string;
  job: string;
  filter?: LogFilter;
}

/** `marks` are the first 1,000; `firstError` is a record's id. The counts are those of all stored records. */
export interface LogSummaryResult {
  records: number;
  warnings: number;
  errors: number;
  firstError?: number;
  workers: number[];
  modules: string[];
  keywords: LogKeyword[];
  marks: LogMark[];
  complete: boolean;
}

/**
 * Values of numeric keywords over the log, at most `points` (2,000) of each: what lies between two of them is represented by its smallest
 * and largest.
 */
export interface LogSeriesParams {
  server?: string;
  job: string;
  keywords: string[];
  filter?: LogFilter;
  points?: number;
}

/** A value: the record's `id`, its `time`, and `step`, which counts the keyword's values of that worker from 1. */
export interface LogPoint {
  id: number;
  time?: number;
  step: number;
  value: number;
}

/** One keyword of one worker. `count`: how many values there are in all. */
export interface LogSeries {
  keyword: string;
  worker: number;
  count: number;
  points: LogPoint[];
}

/** By keyword, then worker. */
export interface LogSeriesResult {
  series: LogSeries[];
  complete: boolean;
}

/** A filter as it is typed, and where the cursor stands in it (UTF-16 code units). */
export interface CompleteFilterParams {
  server?: string;
  job: string;
  query: string;
  position: number;
}

/** Replace `start` to `end` of the query by `text`; `detail` says what it is. */
export interface FilterCompletion {
  text: string;
  detail: string;
  start: number;
  end: number;
}

/** What could stand there, and what is wrong with the query as it is: a sentence. */
export interface CompleteFilterResult {
  completions: FilterCompletion[];
  problem?: string;
}

/** Write the whole log, or what passes the filter, into `file`: as text, or one JSON object a line. */
export interface SaveLogParams {
  server?: string;
  job: string;
  file: string;
  format: "text" | "jsonl";
  filter?: LogFilter;
  workDoneToken?: string | number;
}

/** How many records stand in the file. `complete`: the log had ended. */
export interface SaveLogResult {
  uri: string;
  records: number;
  complete: boolean;
}
