/** The panels of results and comparisons: one for each job, found again after a reload. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { showError } from "../errors";
import type { JobRef, JobsModel } from "../jobs";
import type { Job } from "../protocol";
import type { ServersModel } from "../servers";
import { ComparePanel, COMPARISON_VIEW } from "./comparePanel";
import type { ComparisonState, ResultsState } from "./messages";
import { ResultsPanel, RESULTS_VIEW } from "./resultsPanel";

/** What the panels work with. */
export interface ResultsParts {
  readonly extensionUri: vscode.Uri;
  readonly daemon: Daemon;
  readonly jobs: JobsModel;
  readonly output: vscode.LogOutputChannel;
  readonly serverName: (server: string) => string;
  readonly pickJobs: (placeHolder: string, fits: (job: Job) => boolean) => Promise<JobRef[]>;
  readonly fail: (error: unknown) => void;
}

export class ResultsViews implements vscode.Disposable {
  private readonly parts: ResultsParts;
  private readonly panels = new Map<string, ResultsPanel>();
  private readonly registrations: vscode.Disposable[];

  constructor(extensionUri: vscode.Uri, daemon: Daemon, jobs: JobsModel, servers: ServersModel, output: vscode.LogOutputChannel, pickJobs: ResultsParts["pickJobs"]) {
    this.parts = {
      extensionUri,
      daemon,
      jobs,
      output,
      serverName: (server) => servers.all.find(({ id }) => id === server)?.name ?? server,
      pickJobs,
      fail: (error) => {
        void showError(error, output);
      },
    };
    this.registrations = [
      restoring(RESULTS_VIEW, (panel, state) => {
        const { job } = (state ?? {}) as Partial<ResultsState>;
        if (job === undefined) panel.dispose();
        else this.keep(job, panel);
      }),
      restoring(COMPARISON_VIEW, (panel, state) => {
        this.keepComparison(((state ?? {}) as Partial<ComparisonState>).jobs ?? [], panel);
      }),
    ];
  }

  /** Opens the view of what a job left, or goes to it. */
  showResults(job: JobRef): void {
    const known = this.panels.get(keyOf(job));
    if (known !== undefined) {
      known.reveal();
      return;
    }
    const name = this.parts.jobs.get(job)?.name ?? job.job;
    this.keep(job, vscode.window.createWebviewPanel(RESULTS_VIEW, vscode.l10n.t("{0} results", name), vscode.ViewColumn.Active, { enableFindWidget: true }));
  }

  /** Opens a new comparison. */
  compare(jobs: readonly JobRef[]): void {
    const options = { enableFindWidget: true };
    this.keepComparison(jobs, vscode.window.createWebviewPanel(COMPARISON_VIEW, vscode.l10n.t("Compare jobs"), vscode.ViewColumn.Active, options));
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
  }

  private keep(job: JobRef, panel: vscode.WebviewPanel): void {
    const results = new ResultsPanel(this.parts, job, panel);
    this.panels.set(keyOf(job), results);
    panel.onDidDispose(() => {
      results.dispose();
      if (this.panels.get(keyOf(job)) === results) this.panels.delete(keyOf(job));
    });
  }

  private keepComparison(jobs: readonly JobRef[], panel: vscode.WebviewPanel): void {
    const comparison = new ComparePanel(this.parts, jobs, panel);
    panel.onDidDispose(() => {
      comparison.dispose();
    });
  }
}

function restoring(view: string, restore: (panel: vscode.WebviewPanel, state: unknown) => void): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(view, {
    deserializeWebviewPanel: (panel, state: unknown) => {
      restore(panel, state);
      return Promise.resolve();
    },
  });
}

function keyOf({ server, job }: JobRef): string {
  return `${server} ${job}`;
}
