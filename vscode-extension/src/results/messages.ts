/** What the results and comparison panels and their pages say to each other. Types alone: the pages are built apart. */
import type { CompareJobsResult, PreviewFileResult, ResultsResult } from "../protocol";

/** What names a job. */
interface JobRef {
  readonly server: string;
  readonly job: string;
}

/** A download on its way: the daemon's words for it, and how far it is (0 to 100). */
export interface Downloading {
  readonly message: string;
  readonly percentage?: number;
}

/** A file, or a file in an archive. */
export interface Place {
  readonly name: string;
  readonly member?: string;
}

/** `downloads`: by file; those of all files at once are each file's. `failed`: in place of the results. */
export type ToResults =
  | { readonly type: "results"; readonly results: ResultsResult; readonly server: string }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "preview"; readonly place: Place; readonly preview?: PreviewFileResult; readonly problem?: string }
  | { readonly type: "downloads"; readonly downloads: Readonly<Record<string, Downloading>> };

export type FromResults =
  | { readonly type: "ready" }
  | { readonly type: "refresh" }
  | { readonly type: "preview"; readonly place: Place }
  | { readonly type: "download"; readonly names?: readonly string[] }
  | { readonly type: "pause"; readonly name: string }
  | { readonly type: "open"; readonly place: Place }
  | { readonly type: "reveal"; readonly place: Place }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "log" }
  | { readonly type: "compare" };

/** What the results page finds again. `folded`: groups of the summary by path; `seen`: previews that were opened or closed by hand. */
export interface ResultsState {
  readonly job: JobRef;
  readonly folded: readonly string[];
  readonly seen: Readonly<Record<string, boolean>>;
}

export type ToComparison =
  | { readonly type: "comparison"; readonly comparison: CompareJobsResult; readonly servers: Readonly<Record<string, string>> }
  | { readonly type: "failed"; readonly message: string };

export type FromComparison =
  | { readonly type: "ready" }
  | { readonly type: "refresh" }
  | { readonly type: "add" }
  | { readonly type: "remove"; readonly job: JobRef }
  | { readonly type: "show"; readonly job: JobRef }
  | { readonly type: "export" };

/** By which row the jobs stand, and how. */
export interface Sorting {
  readonly section: string;
  readonly key: string;
  readonly descending: boolean;
}

export interface ComparisonState {
  readonly jobs: readonly JobRef[];
  readonly onlyDifferences: boolean;
  readonly sorting?: Sorting;
}
