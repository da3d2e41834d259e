/** What commands and views work with, built once by `extension.ts`. */
import type * as vscode from "vscode";
import type { BundlePreview } from "./bundle/preview";
import type { BundleRules } from "./bundle/rules";
import type { Daemon } from "./client";
import type { JobsModel } from "./jobs";
import type { LogDocuments } from "./log/documents";
import type { FilterBar } from "./log/filterBar";
import type { LogNavigation } from "./log/navigation";
import type { LogPlots } from "./log/plots";
import type { ResultsViews } from "./results/results";
import type { RunPane } from "./run/pane";
import type { ActiveScript } from "./script";
import type { Server } from "./protocol";
import type { ServersModel } from "./servers";
import type { SignIn } from "./signIn";
import type { Submitter } from "./submitter";
import type { BundleTree } from "./views/bundleTree";
import type { JobDetails } from "./views/jobDetails";
import type { JobsTree } from "./views/jobsTree";
import type { LogFollowing } from "./views/logFollowing";

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly output: vscode.LogOutputChannel;
  readonly daemon: Daemon;
  readonly servers: ServersModel;
  readonly signIn: SignIn;
  /** Asks the user for a server, among those that fit or a new one. */
  readonly pickServer: (fits?: (server: Server) => boolean) => Promise<string | undefined>;
  /** The RUN pane: the form for a job. */
  readonly form: RunPane;
  readonly jobs: JobsModel;
  readonly logs: LogDocuments;
  readonly logNavigation: LogNavigation;
  readonly logFollowing: LogFollowing;
  readonly filterBar: FilterBar;
  readonly logPlots: LogPlots;
  readonly script: ActiveScript;
  readonly preview: BundlePreview;
  readonly rules: BundleRules;
  readonly bundleTree: BundleTree;
  readonly jobsTree: JobsTree;
  readonly jobDetails: JobDetails;
  readonly results: ResultsViews;
  /** What every gesture that runs something ends in. */
  readonly submitter: Submitter;
}

/** A command is made of the services once and then called with whatever VS Code passes: in a tree or the explorer the row, then all that are selected. */
export type CommandFactory = (services: Services) => (argument?: unknown, selection?: unknown) => unknown;
