/** *Run on JuliaHub | Configure…* over a Julia script's first line. */
import * as vscode from "vscode";
import { SCRIPT_SCHEMES } from "../saving";

const SETTING = "juliahub.codeLens";
const SCRIPTS: vscode.DocumentSelector = SCRIPT_SCHEMES.map((scheme) => ({ language: "julia", scheme }));

export function registerRunLens(): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(SCRIPTS, { onDidChangeCodeLenses: changed.event, provideCodeLenses }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(SETTING)) changed.fire();
    }),
  );
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  if (!vscode.workspace.getConfiguration(undefined, document).get<boolean>(SETTING, true)) return [];
  const { uri } = document;
  const top = new vscode.Range(0, 0, 0, 0);
  return [
    new vscode.CodeLens(top, { title: `$(play) ${vscode.l10n.t("Run on JuliaHub")}`, command: "juliahub.runFile", arguments: [uri] }),
    new vscode.CodeLens(top, { title: vscode.l10n.t("Configure…"), command: "juliahub.configure", arguments: [uri] }),
  ];
}
