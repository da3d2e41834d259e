/** Wires the extension together; every decision is the daemon's, every gesture has a file of its own. */
import * as vscode from "vscode";
import { Authentication } from "./authentication";
import { EditJournal } from "./bundle/journal";
import { BundlePreview } from "./bundle/preview";
import { BundleRules } from "./bundle/rules";
import { Daemon } from "./client";
import { copySignInCode, copySignInLink, openSignInPage, pickServer, selectServer, signIn, signOut } from "./commands/account";
import {
  chooseBundleRow,
  copyBundlePath,
  leaveOut,
  letIn,
  mendProblem,
  openBundleFile,
  openBundleRule,
  openIgnoreFile,
  refreshBundle,
  revealBundleFile,
  saveBundle,
  setBundleRule,
  turnBundleRow,
  undoBundleRule,
} from "./commands/bundle";
import { checkFile } from "./commands/check";
import { configure } from "./commands/configure";
import { chooseEnvironment, mendEnvironment } from "./commands/environment";
import {
  cancelSubmission,
  clearJobFilter,
  copyCommand,
  copyJobId,
  extendJob,
  filterJobs,
  openInBrowser,
  refreshJobs,
  runAgain,
  runAgainWithChanges,
  showJobDetails,
  showLog,
  showOlderJobs,
} from "./commands/jobs";
import { clearLogFilter, earlierLines, endOfLog, filterLog, firstError, followLog, laterLines, openFrame, plotLog, saveLog } from "./commands/logs";
import { pickJobs } from "./commands/pickJobs";
import { compareJobs, downloadResults, showResults } from "./commands/results";
import { reportProblem } from "./commands/report";
import { runConfiguration, runFile, runFileWith, runSelection } from "./commands/run";
import { showRunningJobs } from "./commands/runningJobs";
import { stopJob } from "./commands/stopJobs";
import { needsRestart } from "./config";
import { ownCommand, showError } from "./errors";
import { JobsModel } from "./jobs";
import { ActiveEnvironment } from "./juliaExtension";
import { LogDocuments } from "./log/documents";
import { FilterBar } from "./log/filterBar";
import { LogNavigation } from "./log/navigation";
import { LogPlots } from "./log/plots";
import { methods } from "./protocol";
import { ResultsViews } from "./results/results";
import { RunPane } from "./run/pane";
import { ActiveScript } from "./script";
import { ServersModel } from "./servers";
import type { CommandFactory, Services } from "./services";
import { SignIn } from "./signIn";
import { Submitter } from "./submitter";
import { registerTasks } from "./tasks/provider";
import { BundleTree } from "./views/bundleTree";
import { EnvironmentStatus } from "./views/environmentStatus";
import { JobDetails } from "./views/jobDetails";
import { registerJobNotices } from "./views/jobNotices";
import { JobsTree } from "./views/jobsTree";
import { LogDecorations } from "./views/logDecorations";
import { LogFollowing } from "./views/logFollowing";
import { registerLogHover } from "./views/logHover";
import { registerLogLinks } from "./views/logLinks";
import { LogStructure } from "./views/logStructure";
import { registerRunLens } from "./views/runLens";
import { ServersTree } from "./views/serversTree";
import { StatusBar } from "./views/statusBar";
import { registerWelcome } from "./views/welcome";

const COMMANDS: Readonly<Record<string, CommandFactory>> = {
  "juliahub.runFile": runFile,
  "juliahub.runFileWith": runFileWith,
  "juliahub.runSelection": runSelection,
  // A context menu shows a command's title alone, which the palette has after our name.
  "juliahub.menu.runFile": runFile,
  "juliahub.menu.runSelection": runSelection,
  "juliahub.runConfiguration": runConfiguration,
  "juliahub.checkFile": checkFile,
  "juliahub.configure": configure,
  "juliahub.chooseEnvironment": chooseEnvironment,
  "juliahub.mendEnvironment": mendEnvironment,
  "juliahub.leaveOut": leaveOut,
  "juliahub.letIn": letIn,
  "juliahub.setBundleRule": setBundleRule,
  "juliahub.undoBundleRule": undoBundleRule,
  "juliahub.refreshBundle": refreshBundle,
  "juliahub.saveBundle": saveBundle,
  "juliahub.openIgnoreFile": openIgnoreFile,
  "juliahub.chooseBundleRow": chooseBundleRow,
  "juliahub.turnBundleRow": turnBundleRow,
  "juliahub.openBundleFile": openBundleFile,
  "juliahub.revealBundleFile": revealBundleFile,
  "juliahub.openBundleRule": openBundleRule,
  "juliahub.copyBundlePath": copyBundlePath,
  "juliahub.mendProblem": mendProblem,
  "juliahub.signIn": signIn,
  "juliahub.signOut": signOut,
  "juliahub.copySignInCode": copySignInCode,
  "juliahub.copySignInLink": copySignInLink,
  "juliahub.openSignInPage": openSignInPage,
  "juliahub.selectServer": selectServer,
  "juliahub.stopJob": stopJob,
  "juliahub.extendJob": extendJob,
  "juliahub.runAgain": runAgain,
  "juliahub.runAgainWithChanges": runAgainWithChanges,
  "juliahub.copyCommandLine": copyCommand,
  "juliahub.copyJobId": copyJobId,
  "juliahub.openInBrowser": openInBrowser,
  "juliahub.showJobDetails": showJobDetails,
  "juliahub.showRunningJobs": showRunningJobs,
  "juliahub.showOlderJobs": showOlderJobs,
  "juliahub.filterJobs": filterJobs,
  "juliahub.clearJobFilter": clearJobFilter,
  "juliahub.cancelSubmission": cancelSubmission,
  "juliahub.showLog": showLog,
  "juliahub.saveLog": saveLog,
  "juliahub.followLog": followLog,
  "juliahub.earlierLines": earlierLines,
  "juliahub.laterLines": laterLines,
  "juliahub.endOfLog": endOfLog,
  "juliahub.firstError": firstError,
  "juliahub.filterLog": filterLog,
  "juliahub.clearLogFilter": clearLogFilter,
  "juliahub.openFrame": openFrame,
  "juliahub.plotLog": plotLog,
  "juliahub.showResults": showResults,
  "juliahub.downloadResults": downloadResults,
  "juliahub.compareJobs": compareJobs,
  "juliahub.refreshJobs": refreshJobs,
  "juliahub.restart": ({ daemon }) => () => daemon.restart(),
  "juliahub.reportProblem": reportProblem,
  "juliahub.showOutput": ({ output }) => () => {
    output.show();
  },
};

let daemon: Daemon | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("JuliaHub", { log: true });
  const journal = new EditJournal();
  daemon = new Daemon(context.extension, output, { executeCommand: asOurs, workspace: { handleApplyEdit: journal.handleApplyEdit } });
  const services = createServices(context, daemon, journal, output);
  const { servers, jobs, jobsTree, logs, jobDetails, submitter, script, preview, rules, bundleTree } = services;
  const active = new ActiveEnvironment(daemon, output);
  context.subscriptions.push(output, daemon, servers, jobs, jobsTree, logs, services.logFollowing, services.logPlots, jobDetails, submitter, services.results);
  context.subscriptions.push(services.form, script, preview, rules, bundleTree, active);
  context.subscriptions.push(services.signIn, new Authentication(services));
  context.subscriptions.push(registerWelcome(daemon, servers, jobs, output));
  context.subscriptions.push(new ServersTree(servers, jobs), new StatusBar(daemon, servers, jobs), new EnvironmentStatus(script));
  context.subscriptions.push(registerTasks(services), registerRunLens(), registerLogLinks(), registerLogHover(logs));
  context.subscriptions.push(new LogDecorations(logs), new LogStructure(daemon, logs, services.logNavigation, output));
  for (const [name, factory] of Object.entries(COMMANDS)) context.subscriptions.push(registerCommand(name, factory, services));
  watch(context, daemon, active, services);
  startQuietly(daemon);
}

export async function deactivate(): Promise<void> {
  await daemon?.stop();
}

function createServices(context: vscode.ExtensionContext, running: Daemon, journal: EditJournal, output: vscode.LogOutputChannel): Services {
  const servers = new ServersModel(running);
  const jobs = new JobsModel(running, servers, output);
  const logs = new LogDocuments(running, output);
  const script = new ActiveScript(running, output);
  const rules = new BundleRules(running, journal);
  const submitter = new Submitter({ daemon: running, servers, jobs, logs, output });
  const signIn = new SignIn(running, servers, output);
  const pick: Services["pickServer"] = async (fits) => {
    await running.start();
    return pickServer(servers, fits);
  };
  const form = new RunPane({ context, output, daemon: running, servers, signIn, script, rules, submitter });
  const preview = new BundlePreview(running, script, form);
  registerJobNotices(running);
  return {
    context,
    output,
    daemon: running,
    servers,
    signIn,
    pickServer: pick,
    form,
    jobs,
    logs,
    logNavigation: new LogNavigation(running, logs),
    logFollowing: new LogFollowing(logs),
    filterBar: new FilterBar(running, context.workspaceState, output),
    logPlots: new LogPlots(running, context.extensionUri, output),
    script,
    preview,
    rules,
    bundleTree: new BundleTree(preview, rules, output),
    jobsTree: new JobsTree(jobs, servers, submitter, context.workspaceState),
    jobDetails: new JobDetails(running, jobs),
    submitter,
    results: new ResultsViews(context.extensionUri, running, jobs, servers, output, (placeHolder, fits) => pickJobs(jobs, placeHolder, fits)),
  };
}

/** A command's failure becomes a message, whoever called it. */
function registerCommand(name: string, factory: CommandFactory, services: Services): vscode.Disposable {
  const run = factory(services);
  return vscode.commands.registerCommand(name, async (argument?: unknown, selection?: unknown) => {
    try {
      await run(argument, selection);
    } catch (error) {
      await showError(error, services.output);
    }
  });
}

/** What code actions call: ours shows progress and saves what was edited. */
function asOurs(command: string, args: unknown[], next: (command: string, args: unknown[]) => unknown): unknown {
  const ours = command === methods.mendEnvironment || command === methods.setBundleRule ? ownCommand(command) : undefined;
  return ours === undefined ? next(command, args) : vscode.commands.executeCommand(ours, ...args);
}

function watch(context: vscode.ExtensionContext, running: Daemon, active: ActiveEnvironment, { servers, jobs, script, output }: Services): void {
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
    active.onDidChange(() => {
      script.refresh();
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
