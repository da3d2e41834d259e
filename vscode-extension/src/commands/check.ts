/** Whether a script would run: one verdict, or what will go wrong, each with its mend. */
import * as path from "node:path";
import * as vscode from "vscode";
import { sentences, worstFirst } from "../bundle/text";
import { runAction } from "../errors";
import { withProgress } from "../progress";
import { type Action, methods, type PreflightResult, type Problem } from "../protocol";
import { savedScript } from "../saving";
import type { CommandFactory } from "../services";
import { totals } from "../views/bundleTree";
import { showProblem } from "./bundle";

interface Row extends vscode.QuickPickItem {
  readonly problem: Problem;
}

type Choice = { readonly kind: "mend"; readonly action: Action } | { readonly kind: "open"; readonly problem: Problem } | { readonly kind: "run" };

const RUN: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("play"), tooltip: vscode.l10n.t("Run") };
const ICONS = { error: "$(error)", warning: "$(warning)", information: "$(info)" } as const;

export const checkFile: CommandFactory = (services) => async (argument) => {
  const script = await savedScript(argument instanceof vscode.Uri ? argument : undefined);
  if (script === undefined) return;
  const name = path.posix.basename(script.path);
  for (;;) {
    const choices = await services.form.choicesFor(script.toString());
    const result = await withProgress(services.daemon, vscode.l10n.t("Checking {0}", name), (workDoneToken, cancel) =>
      services.daemon.request(methods.preflight, { ...choices, workDoneToken }, cancel),
    );
    const choice = result.problems.length === 0 ? await congratulate(result) : await list(name, result);
    if (choice === undefined) return;
    if (choice.kind === "run") return vscode.commands.executeCommand("juliahub.runFile", script);
    if (choice.kind === "open") return showProblem(choice.problem);
    await runAction(choice.action);
  }
};

async function congratulate(result: PreflightResult): Promise<Choice | undefined> {
  const run = vscode.l10n.t("Run");
  return (await vscode.window.showInformationMessage(verdict(result), run)) === run ? { kind: "run" } : undefined;
}

/** Each problem a row: Enter goes to its place, its bulb mends it. */
function list(name: string, result: PreflightResult): Promise<Choice | undefined> {
  const picker = vscode.window.createQuickPick<Row>();
  picker.title = `${name}: ${verdict(result)}`;
  picker.placeholder = vscode.l10n.t("Enter shows the place; the bulb mends it.");
  picker.matchOnDetail = true;
  picker.buttons = result.ready ? [RUN] : [];
  picker.items = worstFirst(result.problems).map(rowOf);
  return new Promise((resolve) => {
    const answer = (choice: Choice | undefined): void => {
      resolve(choice);
      picker.hide();
    };
    picker.onDidAccept(() => {
      const problem = picker.selectedItems[0]?.problem;
      if (problem !== undefined) answer(defaultOf(problem));
    });
    picker.onDidTriggerItemButton(({ item, button }) => {
      const action = item.problem.actions?.find(({ title }) => title === button.tooltip);
      if (action !== undefined) answer({ kind: "mend", action });
    });
    picker.onDidTriggerButton(() => {
      answer({ kind: "run" });
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function rowOf(problem: Problem): Row {
  const [first, rest] = sentences(problem.message);
  const buttons = (problem.actions ?? []).map(({ title }) => ({ iconPath: new vscode.ThemeIcon("lightbulb"), tooltip: title }));
  const mend = problem.actions?.[0]?.title;
  const detail = [rest, mend === undefined ? "" : `$(lightbulb) ${mend}`].filter((part) => part !== "").join("  ");
  return { label: `${ICONS[problem.severity]} ${first}`, description: placeOf(problem), detail, buttons, problem, alwaysShow: true };
}

/** Where there is a place, it is shown; a problem without one is mended at once. */
function defaultOf(problem: Problem): Choice | undefined {
  const action = problem.actions?.[0];
  if (problem.uri === undefined && action !== undefined) return { kind: "mend", action };
  return problem.uri === undefined ? undefined : { kind: "open", problem };
}

function placeOf({ uri, range }: Problem): string {
  if (uri === undefined) return "";
  const file = path.posix.basename(vscode.Uri.parse(uri).path);
  return range === undefined ? file : `${file}:${range.start.line + 1}`;
}

function verdict({ ready, problems, bundleFiles, bundleSize }: PreflightResult): string {
  if (!ready) {
    const wrong = problems.filter(({ severity }) => severity === "error").length;
    return wrong === 1 ? vscode.l10n.t("one thing to mend first") : vscode.l10n.t("{0} things to mend first", wrong);
  }
  if (bundleFiles === undefined || bundleSize === undefined) return vscode.l10n.t("Ready: nothing but the script goes along.");
  return vscode.l10n.t("Ready: {0}", totals({ fileCount: bundleFiles, totalSize: bundleSize }));
}
