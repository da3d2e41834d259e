/** Report a problem: its text, filled in, in an editor of its own. Nothing is sent. */
import { readFile } from "node:fs/promises";
import { homedir, release, userInfo } from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import { reportText } from "../report";
import type { CommandFactory, Services } from "../services";

interface About {
  readonly version: string;
  readonly bugs?: string | { readonly url?: string };
}

export const reportProblem: CommandFactory = (services) => async () => {
  const about = services.context.extension.packageJSON as About;
  const page = typeof about.bugs === "string" ? about.bugs : about.bugs?.url;
  const text = reportText({ versions: versions(services, about), log: await readLog(services), home: homedir(), user: accountName() });
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: text });
  await vscode.window.showTextDocument(document);
  await offerToTakeItAlong(document, page);
};

function versions({ daemon, context }: Services, { version }: About): Record<string, string> {
  return {
    "Jobs for JuliaHub": version,
    "Helper program": daemon.version ?? "not running",
    [vscode.env.appName]: [vscode.version, remote()].filter((part) => part !== undefined).join(", "),
    "Julia extension": (vscode.extensions.getExtension("julialang.language-julia")?.packageJSON as About | undefined)?.version ?? "not installed",
    Platform: `${process.platform}-${process.arch} ${release()}`,
    "Extension runs": context.extension.extensionKind === vscode.ExtensionKind.Workspace ? "with the workspace" : "in the window",
  };
}

/** Nothing where the system has no name for who runs this: containers may run under a number alone. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

/** The kind of remote, such as `ssh-remote`; in a browser's window it may be a host's name, which is nobody's business. */
function remote(): string | undefined {
  const { remoteName } = vscode.env;
  return remoteName === undefined || /^[a-z-]+$/.test(remoteName) ? remoteName : "browser";
}

/** What the output channel has written of this window. */
async function readLog({ context }: Services): Promise<string> {
  return readFile(path.join(context.logUri.fsPath, "JuliaHub.log"), "utf8").catch(() => "");
}

async function offerToTakeItAlong(document: vscode.TextDocument, page: string | undefined): Promise<void> {
  const copy = vscode.l10n.t("Copy Text");
  const open = vscode.l10n.t("Copy Text and Open Issues Page");
  const message = vscode.l10n.t("This is the report. Say what happened and read the rest; nothing has been sent, and nothing is by itself.");
  const chosen = await vscode.window.showInformationMessage(message, page === undefined ? copy : open);
  if (chosen === undefined) return;
  await vscode.env.clipboard.writeText(document.getText());
  if (page !== undefined) await vscode.env.openExternal(vscode.Uri.parse(page));
}
