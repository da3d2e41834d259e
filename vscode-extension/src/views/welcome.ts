/** What the views' welcome texts and the tour's steps depend on, as context keys: an account, a Julia project, jobs, a log that was seen. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import type { JobsModel } from "../jobs";
import { LOG_SCHEME } from "../log/address";
import { methods } from "../protocol";
import type { ServersModel } from "../servers";

export function registerWelcome(daemon: Daemon, servers: ServersModel, jobs: JobsModel, output: vscode.LogOutputChannel): vscode.Disposable {
  const showProjects = (count: number): void => {
    setContext("juliahub.hasProject", count > 0);
  };
  const ask = async (): Promise<void> => {
    showProjects((await daemon.request(methods.environments, {})).environments.length);
  };
  daemon.onNotification(methods.environmentsChanged, ({ environments }) => {
    showProjects(environments.length);
  });
  setContext("juliahub.hasProject", true);
  return vscode.Disposable.from(
    servers.onDidChange(() => {
      setContext("juliahub.signedOut", servers.current?.state === "signedOut");
    }),
    jobs.onDidChange(() => {
      setContext("juliahub.hasJobs", jobs.all().length > 0);
    }),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      if (editors.some(({ document }) => document.uri.scheme === LOG_SCHEME)) setContext("juliahub.sawLog", true);
    }),
    daemon.onDidStart(() => {
      ask().catch((error: unknown) => {
        output.warn(`environments: ${String(error)}`);
      });
    }),
  );
}

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
