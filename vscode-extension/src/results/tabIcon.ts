/** The icon of a panel's tab. */
import * as vscode from "vscode";

export function tabIcon(extensionUri: vscode.Uri, name: string): { light: vscode.Uri; dark: vscode.Uri } {
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, "media", `${name}-${theme}.svg`);
  return { light: icon("light"), dark: icon("dark") };
}
