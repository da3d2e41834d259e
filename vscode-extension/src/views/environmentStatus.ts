/** The status bar item of the environment that the active script would run in. */
import * as vscode from "vscode";
import { capitalized, minorVersion, worstFirst } from "../bundle/text";
import type { Environment } from "../protocol";
import type { ActiveScript } from "../script";

export class EnvironmentStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("juliahub.environment", vscode.StatusBarAlignment.Left, 9);
  private readonly registrations: vscode.Disposable;

  constructor(private readonly script: ActiveScript) {
    this.item.name = vscode.l10n.t("JuliaHub: environment");
    this.item.command = "juliahub.chooseEnvironment";
    const show = (): void => {
      this.show();
    };
    this.registrations = vscode.Disposable.from(script.onDidChange(show), vscode.window.onDidChangeActiveTextEditor(show));
    this.show();
  }

  dispose(): void {
    this.registrations.dispose();
    this.item.dispose();
  }

  private show(): void {
    const { current } = this.script;
    const active = vscode.window.activeTextEditor?.document.uri.toString();
    if (current === undefined || current.uri.toString() !== active) {
      this.item.hide();
      return;
    }
    const { environment, reason } = current.found;
    this.item.text = environment === undefined ? `$(package) ${vscode.l10n.t("no environment")}` : `$(package) ${summaryOf(environment)}${markOf(environment)}`;
    this.item.tooltip = tooltipOf(reason, environment);
    this.item.accessibilityInformation = {
      label: vscode.l10n.t("Julia environment: {0}. {1}", environment === undefined ? vscode.l10n.t("none") : summaryOf(environment), reason),
      role: "button",
    };
    this.item.show();
  }
}

/** `MonteCarlo · Julia 1.10` */
export function summaryOf({ name, juliaVersion }: Environment): string {
  return juliaVersion === undefined ? name : `${name} · Julia ${minorVersion(juliaVersion)}`;
}

function markOf({ problems }: Environment): string {
  return problems.some(({ severity }) => severity !== "information") ? " $(warning)" : "";
}

function tooltipOf(reason: string, environment: Environment | undefined): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(`${capitalized(reason)}\n`);
  for (const { message } of worstFirst(environment?.problems ?? [])) tooltip.appendText(`\n• ${message}\n`);
  tooltip.appendText(`\n${vscode.l10n.t("Click to choose another one.")}`);
  return tooltip;
}
