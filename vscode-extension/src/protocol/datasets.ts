/** Datasets and projects of a server. */

/** One version of a dataset; numbers count from 1. `project`: the UUID of the project it was added through. */
export interface DatasetVersion {
  version: number;
  size: number;
  date?: number;
  uploader?: string;
  project?: string;
}

/**
 * A dataset. `type` is the server's word: `Blob`, one file, or `BlobTree`, a folder. `size`: of all versions.
 *
 * `versions`: the newest first. `writable`: whether the project that was asked for lets one add versions.
 */
export interface Dataset {
  id: string;
  name: string;
  owner: string;
  type: string;
  description: string;
  tags: string[];
  size: number;
  versions: DatasetVersion[];
  visibility?: string;
  modified?: number;
  writable?: boolean;
}

/** Datasets that the account can see; with `project`, a UUID, those of that project. */
export interface DatasetsParams {
  server?: string;
  project?: string;
}

/** By owner and name. */
export interface DatasetsResult {
  datasets: Dataset[];
}

/** One dataset. */
export interface DatasetResult {
  dataset: Dataset;
}

/** Save a version, else the latest, as the file `file`. `dataset`: its name, `owner/name` or UUID. */
export interface DownloadDatasetParams {
  server?: string;
  dataset: string;
  version?: number;
  file: string;
  workDoneToken?: string | number;
}

/** What was saved, and where. */
export interface DownloadDatasetResult {
  dataset: string;
  version: number;
  uri: string;
  size: number;
}

/** Add `file` as a new version of a dataset that exists. */
export interface UploadDatasetParams {
  server?: string;
  dataset: string;
  file: string;
  workDoneToken?: string | number;
}

/** The dataset's UUID, and the new version's number where the server tells it. */
export interface UploadDatasetResult {
  dataset: string;
  version?: number;
}

/** People, datasets and code under one name. `id` is its UUID. */
export interface Project {
  id: string;
  name: string;
  owner: string;
  description: string;
  tags: string[];
  archived: boolean;
  visibility?: string;
  created?: number;
}

/** Projects that the account can see. */
export interface ProjectsParams {
  server?: string;
}

/** By owner and name. */
export interface ProjectsResult {
  projects: Project[];
}
