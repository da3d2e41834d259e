/** What the views' welcome texts depend on, as context keys: whether the current server wants a sign-in, and whether there is a Julia project. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { methods } from "../protocol";
import type { ServersModel } from "../servers";

export function registerWelcome(daemon: Daemon, servers: ServersModel, output: vscode.LogOutputChannel): vscode.Disposable {
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
