/** What a plot's page and the extension say to each other. Types alone: the page is built apart. */
import type { LogKeyword, LogSeries } from "../protocol";

/** `keywords` are the numeric ones of the log so far; `series` those of the `chosen`, by keyword, then worker. */
export interface ToPlot {
  readonly type: "show";
  readonly keywords: readonly LogKeyword[];
  readonly chosen: readonly string[];
  readonly series: readonly LogSeries[];
  readonly complete: boolean;
}

export type FromPlot = { readonly type: "ready" } | { readonly type: "chosen"; readonly keywords: readonly string[] };
