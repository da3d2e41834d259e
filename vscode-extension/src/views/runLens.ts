/** ▶ Run on JuliaHub, over a Julia script's first line. */
import * as vscode from "vscode";

export function registerRunLens(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider({ language: "julia" }, { provideCodeLenses });
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const title = `▶ ${vscode.l10n.t("Run on JuliaHub")}`;
  return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command: "juliahub.runFile", arguments: [document.uri] })];
}
