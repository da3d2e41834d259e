/** Bundles: what goes in and what stays home, and the archive. */
import type { Problem } from "./common";

/**
 * What to bundle: `directory`, else the folder of the script's environment.
 *
 * `allow` names files let in though they look like secrets. `gitignore`: honour `.gitignore` files, too; absent: as the setting says.
 * `manifest` and `artifacts`: files in the place of the folder's own. `julia`: the version that will run the job; it chooses among
 * versioned manifests.
 */
export interface BundleParams {
  script?: string;
  directory?: string;
  allow?: string[];
  gitignore?: boolean;
  manifest?: string;
  artifacts?: string;
  julia?: string;
}

/** A line of an ignore file; `line` counts from 1. */
export interface Rule {
  uri: string;
  line: number;
  text: string;
}

/**
 * A file that goes in: `path` inside the bundle; `origin` and `why` for what comes from outside the folder. `rule` is the one that put it
 * in, when a rule spoke of it.
 */
export interface BundleFile {
  path: string;
  size: number;
  origin?: string;
  why?: string;
  rule?: Rule;
}

/** A file or folder that stays home, and the reason: a phrase, with the rule when one decided. */
export interface LeftOut {
  path: string;
  isDirectory: boolean;
  size?: number;
  reason: string;
  rule?: Rule;
}

/** What a bundle will hold, before anything is sent. `problems` of severity error keep it from being written. */
export interface BundlePlan {
  directory: string;
  name: string;
  fileCount: number;
  totalSize: number;
  files: BundleFile[];
  leftOut: LeftOut[];
  problems: Problem[];
}

/**
 * One folder of the preview: `path` inside the bundle, empty for its top. The other fields as in `BundleParams`.
 *
 * Planned anew only when something has changed.
 */
export interface BundleFolderParams {
  script?: string;
  directory?: string;
  allow?: string[];
  gitignore?: boolean;
  manifest?: string;
  artifacts?: string;
  julia?: string;
  path: string;
}

/**
 * A file or folder in the preview. A folder's `size` and `fileCount` are of all that goes in below it.
 *
 * `included` false: it stays home, `reason` says why. `origin`, a phrase: it is not of the folder itself; `source` is where it lies on
 * this computer. `canChange`: `juliahub/setBundleRule` can turn it.
 */
export interface BundleEntry {
  path: string;
  name: string;
  isDirectory: boolean;
  included: boolean;
  size?: number;
  fileCount?: number;
  reason?: string;
  rule?: Rule;
  origin?: string;
  source?: string;
  canChange: boolean;
}

/** Folders first, by name. The totals and problems are the whole bundle's. */
export interface BundleFolder {
  directory: string;
  name: string;
  path: string;
  entries: BundleEntry[];
  fileCount: number;
  totalSize: number;
  limit: number;
  problems: Problem[];
}

/** Leave `path` (inside the bundle of `directory`) out of it, or let it in, by a rule in the nearest `.juliabundleignore`. */
export interface SetBundleRuleParams {
  directory: string;
  path: string;
  included: boolean;
}

/**
 * The ignore file that was edited (through `workspace/applyEdit`, so undo works), which wants saving, and whether anything had to change.
 */
export interface SetBundleRuleResult {
  uri: string;
  changed: boolean;
}

/** Write the bundle to the file `output`. */
export interface WriteBundleParams {
  script?: string;
  directory?: string;
  allow?: string[];
  gitignore?: boolean;
  manifest?: string;
  artifacts?: string;
  julia?: string;
  output: string;
  workDoneToken?: string | number;
}

/** The archive that was written. */
export interface WriteBundleResult {
  output: string;
  size: number;
  sha256: string;
  fileCount: number;
}
