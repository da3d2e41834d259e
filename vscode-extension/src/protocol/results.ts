/** What a job left. */
import type { JobFile } from "./jobs";

/** The summary and the files that the job left. */
export interface ResultsResult {
  outputs: string;
  summary?: Record<string, unknown>;
  files: JobFile[];
}

/** Fetch the result files into `directory`, else `juliahub-results/{job}` in the workspace. */
export interface DownloadResultsParams {
  server?: string;
  job: string;
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
