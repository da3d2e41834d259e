/** The words of a plot's page. */
import * as vscode from "vscode";

export function plotWords(): Record<string, string> {
  return {
    choose: vscode.l10n.t("Keywords"),
    across: vscode.l10n.t("Across"),
    keyword: vscode.l10n.t("Keyword"),
    step: vscode.l10n.t("steps"),
    time: vscode.l10n.t("time"),
    logarithmic: vscode.l10n.t("Logarithmic"),
    worker: vscode.l10n.t("Worker {0}"),
    master: vscode.l10n.t("Master"),
    table: vscode.l10n.t("As a table"),
    values: vscode.l10n.t("Values"),
    first: vscode.l10n.t("First"),
    last: vscode.l10n.t("Last"),
    smallest: vscode.l10n.t("Smallest"),
    largest: vscode.l10n.t("Largest"),
    process: vscode.l10n.t("Process"),
    none: vscode.l10n.t("No numbers to plot so far. Log some: @info \"training\" epoch loss"),
    chooseOne: vscode.l10n.t("Choose a keyword to plot."),
    chart: vscode.l10n.t("{0} over {1}. Left and right arrow keys read the values."),
    live: vscode.l10n.t("live"),
    complete: vscode.l10n.t("complete"),
    at: vscode.l10n.t("{0} at {1}"),
  };
}
