/** How much more time a job shall have. */
import * as vscode from "vscode";
import { hoursIn, maySplitHours } from "../duration";
import type { Job, Server } from "../protocol";

interface Choice extends vscode.QuickPickItem {
  readonly hours?: number;
}

/** In hours; undefined when the user changed their mind. JuliaHub counts whole hours. */
export async function extensionOf(job: Job, server: Server | undefined): Promise<number | undefined> {
  const split = maySplitHours(server);
  const other: Choice = { label: vscode.l10n.t("Another time…") };
  const quarter: Choice = { label: vscode.l10n.t("15 minutes"), hours: 0.25 };
  const hours: Choice[] = [
    { label: vscode.l10n.t("1 hour"), hours: 1 },
    { label: vscode.l10n.t("4 hours"), hours: 4 },
  ];
  const options = { placeHolder: placeHolderOf(job) };
  const chosen = await vscode.window.showQuickPick([...(split ? [quarter] : []), ...hours, other], options);
  return chosen === other ? askForTime(split) : chosen?.hours;
}

function placeHolderOf({ name, deadline }: Job): string {
  if (deadline === undefined) return vscode.l10n.t("How much more time for {0}?", name);
  return vscode.l10n.t("How much more time for {0}? It may run until {1} now.", name, new Date(deadline).toLocaleTimeString());
}

async function askForTime(split: boolean): Promise<number | undefined> {
  const prompt = split ? vscode.l10n.t("How much more time? Such as 90 min, 1:30 or 2 h") : vscode.l10n.t("How many more hours? Whole ones, such as 3");
  const problem = split ? vscode.l10n.t("Give a time, such as 90 min, 1:30 or 2 h.") : vscode.l10n.t("Give a whole number of hours, such as 3.");
  const validateInput = (text: string): string | undefined => (hoursIn(text, split) === undefined ? problem : undefined);
  const text = await vscode.window.showInputBox({ prompt, placeHolder: split ? "1:30" : "3", validateInput });
  return text === undefined ? undefined : hoursIn(text, split);
}
