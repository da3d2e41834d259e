/** Wires the extension together; every decision is the daemon's, every gesture has a file of its own. */
import * as vscode from "vscode";
import { Daemon } from "./client";
import { selectServer, signIn, signOut } from "./commands/account";
import { refreshJobs, showLog, showResults, stopJob } from "./commands/jobs";
import { followLog, saveLog } from "./commands/logs";
import { downloadResults } from "./commands/results";
import { runFile } from "./commands/run";
import { needsRestart } from "./config";
import { showError } from "./errors";
import { JobsModel } from "./jobs";
import { LogDocuments } from "./log/documents";
import { ServersModel } from "./servers";
import type { CommandFactory, Services } from "./services";
import { EndNotifications } from "./views/endNotifications";
import { JobsTree } from "./views/jobsTree";
import { LogDecorations } from "./views/logDecorations";
import { registerLogLinks } from "./views/logLinks";
import { registerRunLens } from "./views/runLens";
import { ServersTree } from "./views/serversTree";
import { StatusBar } from "./views/statusBar";

const COMMANDS: Readonly<Record<string, CommandFactory>> = {
  "juliahub.runFile": runFile,
  "juliahub.signIn": signIn,
  "juliahub.signOut": signOut,
  "juliahub.selectServer": selectServer,
  "juliahub.stopJob": stopJob,
  "juliahub.showLog": showLog,
  "juliahub.saveLog": saveLog,
  "juliahub.followLog": followLog,
  "juliahub.showResults": showResults,
  "juliahub.downloadResults": downloadResults,
  "juliahub.refreshJobs": refreshJobs,
  "juliahub.restart": ({ daemon }) => () => daemon.restart(),
  "juliahub.showOutput": ({ output }) => () => {
    output.show();
  },
};

let daemon: Daemon | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("JuliaHub", { log: true });
  daemon = new Daemon(context.extension, output);
  const services = createServices(context, daemon, output);
  const { servers, jobs, jobsTree, logs, logDecorations, endNotifications } = services;
  context.subscriptions.push(output, daemon, servers, jobs, jobsTree, logs, logDecorations, endNotifications);
  context.subscriptions.push(new ServersTree(servers, jobs), new StatusBar(daemon, servers, jobs));
  context.subscriptions.push(registerRunLens(), registerLogLinks(logs));
  for (const [name, factory] of Object.entries(COMMANDS)) context.subscriptions.push(registerCommand(name, factory, services));
  watch(context, daemon, services);
  startQuietly(daemon);
}

export async function deactivate(): Promise<void> {
  await daemon?.stop();
}

function createServices(context: vscode.ExtensionContext, running: Daemon, output: vscode.LogOutputChannel): Services {
  const servers = new ServersModel(running);
  const jobs = new JobsModel(running, servers, output);
  const logs = new LogDocuments(running, output);
  return {
    output,
    daemon: running,
    servers,
    jobs,
    logs,
    jobsTree: new JobsTree(jobs, servers),
    logDecorations: new LogDecorations(logs),
    endNotifications: new EndNotifications(jobs, context.workspaceState),
  };
}

/** A command's failure becomes a message, whoever called it. */
function registerCommand(name: string, factory: CommandFactory, services: Services): vscode.Disposable {
  const run = factory(services);
  return vscode.commands.registerCommand(name, async (argument?: unknown) => {
    try {
      await run(argument);
    } catch (error) {
      await showError(error, services.output);
    }
  });
}

function watch(context: vscode.ExtensionContext, running: Daemon, { servers, jobs, output }: Services): void {
  const askAnew = async (): Promise<void> => {
    await servers.refresh();
    await jobs.refresh();
  };
  context.subscriptions.push(
    running.onDidStart(() => {
      askAnew().catch((error: unknown) => {
        output.warn(String(error));
      });
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      startQuietly(running);
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (needsRestart(change) && running.state !== "idle") running.restart().catch(() => undefined);
    }),
  );
}

/** Without waiting and, in a workspace that is not trusted, without starting. A failure has been told by the daemon's own message. */
function startQuietly(running: Daemon): void {
  if (vscode.workspace.isTrusted) running.start().catch(() => undefined);
}
