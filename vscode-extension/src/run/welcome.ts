/** What the RUN pane says when there is no form to show, and what to do about it. */
import * as vscode from "vscode";
import type { WelcomeView } from "./messages";

export function untrusted(): WelcomeView {
  return {
    kind: "welcome",
    text: vscode.l10n.t("This workspace is not trusted yet, so nothing runs and nothing is uploaded."),
    actions: [{ title: vscode.l10n.t("Manage Workspace Trust"), gesture: "trust" }],
  };
}

export function failed(): WelcomeView {
  return {
    kind: "welcome",
    text: vscode.l10n.t("JuliaHub's helper program is not running. Jobs that run already go on without it."),
    actions: [
      { title: vscode.l10n.t("Start It"), gesture: "startDaemon" },
      { title: vscode.l10n.t("Show Diagnostic Log"), gesture: "showOutput" },
    ],
  };
}

export function noScript(): WelcomeView {
  return {
    kind: "welcome",
    text: vscode.l10n.t("Open a Julia script, and run it here: on this computer, on a cluster or on JuliaHub."),
    actions: [{ title: vscode.l10n.t("Open a Julia Script"), gesture: "chooseScript" }],
  };
}

export function troubled(text: string): WelcomeView {
  return { kind: "welcome", text, actions: [{ title: vscode.l10n.t("Try Again"), gesture: "startOver" }] };
}
