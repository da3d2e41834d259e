/** What a job left: its summary, its files, and how jobs compare. */
import type { Job } from "./jobs";

/**
 * A line of a summary, in reading order. A `group` of `entries` comes before those, which are one `depth` deeper.
 *
 * `path` names it in the whole summary, as `fit.loss[2]`.
 */
export interface SummaryRow {
  key: string;
  path: string;
  depth: number;
  kind: "group" | "number" | "text" | "flag" | "nothing";
  text: string;
  entries?: number;
}

/**
 * A file on the server. `kind` is how it can be looked at, by its name. `sha256` in hex when the server knows it.
 *
 * `uri`: the downloaded copy, `verified` when its SHA-256 is the server's. `unpacked`: so many files of an archive are in the folder
 * instead. `arrived`: a download was paused or broken off after so many bytes.
 */
export interface ResultFile {
  name: string;
  size: number;
  kind: "image" | "table" | "json" | "text" | "archive" | "other";
  sha256?: string;
  uri?: string;
  verified?: boolean;
  unpacked?: number;
  arrived?: number;
}

/**
 * The summary and the files that the job left. `rows` are the summary's, for a table. `cut`: the text is as long as JuliaHub keeps any
 * (1,000 characters), so its end is probably missing. `directory` is where files are saved.
 */
export interface ResultsResult {
  job: Job;
  outputs: string;
  cut: boolean;
  summary?: Record<string, unknown>;
  rows: SummaryRow[];
  files: ResultFile[];
  directory: string;
}

/**
 * Fetch the result files, or those named in `files`, into `directory`, else `juliahub-results/{job}` in the workspace. Cancelling pauses:
 * what has arrived is kept, and asking again goes on from there.
 */
export interface DownloadResultsParams {
  server?: string;
  job: string;
  files?: string[];
  directory?: string;
  workDoneToken?: string | number;
}

/** A file on disk. `verified`: its SHA-256 is the server's. */
export interface DownloadedFile {
  uri: string;
  name: string;
  size: number;
  verified: boolean;
}

/** What was saved, archives unpacked. */
export interface DownloadResultsResult {
  directory: string;
  files: DownloadedFile[];
}

/** Look into a result file, or into a `member` of an archive. */
export interface PreviewFileParams {
  server?: string;
  job: string;
  name: string;
  member?: string;
}

/** A file in an archive, by its path there. */
export interface ArchiveMember {
  name: string;
  size: number;
  kind: "image" | "table" | "json" | "text" | "archive" | "other";
}

/**
 * What can be seen of a file, bounded in size. `whole`: nothing is left out; else `note` says what is.
 *
 * By `kind`: `image` has `mediaType` and `base64`, to be shown as an image and never as markup; `table` has `header`, the first `lines`,
 * the number of `columns`, and how many lines are `ragged`; `text` and `json` have `text`; `archive` has its `members`; `none` has a
 * `note` why there is nothing to see.
 */
export interface PreviewFileResult {
  kind: "image" | "table" | "text" | "json" | "archive" | "none";
  size: number;
  whole: boolean;
  note?: string;
  mediaType?: string;
  base64?: string;
  header?: string[];
  lines?: string[][];
  columns?: number;
  numeric?: boolean[];
  ragged?: number;
  text?: string;
  members?: ArchiveMember[];
}

/** A job by its server and id. */
export interface JobReference {
  server?: string;
  job: string;
}

/** Jobs side by side, in this order. */
export interface CompareJobsParams {
  jobs: JobReference[];
}

/** How a number went: `points` to be drawn, which stand for `count` values from `first` to `last`. */
export interface Trend {
  points: number[];
  first: string;
  last: string;
  count: number;
}

/** One job's value. `number` is what a `number` sorts by. `trend`: of a list of numbers, and of a value that the job logged as well. */
export interface ComparisonCell {
  kind: "number" | "text" | "absent";
  text: string;
  number?: number;
  trend?: Trend;
}

/** One thing of all jobs, a cell for each. `numeric`: to be aligned as numbers. `key` is unique in its section. */
export interface ComparisonRow {
  key: string;
  label: string;
  cells: ComparisonCell[];
  differs: boolean;
  numeric: boolean;
}

/**
 * Rows that belong together. `summary`: a job that does not have a value in its own shows what it logged under that name last. `logged`:
 * numbers in the logs that no summary has, by their last value.
 */
export interface ComparisonSection {
  id: "job" | "inputs" | "cluster" | "times" | "summary" | "logged";
  title: string;
  rows: ComparisonRow[];
}

/**
 * A column. `problem`: why the job's server could not be asked; its cells are `absent` and say nothing of it.
 *
 * `logHere`: its log is on this computer, at least in part. Without, no number that it logged is told: none is fetched for a comparison.
 */
export interface ComparedJob {
  server: string;
  id: string;
  name: string;
  job?: Job;
  problem?: string;
  logHere: boolean;
}

/** A table with a column for each job. `differs` is told of those that could be asked for. */
export interface CompareJobsResult {
  jobs: ComparedJob[];
  sections: ComparisonSection[];
}

/**
 * Write a comparison into `file` as CSV (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export interface ExportComparisonParams {
  jobs: JobReference[];
  file: string;
}

/** The file, and how many lines it has below its header. */
export interface ExportComparisonResult {
  uri: string;
  lines: number;
}
