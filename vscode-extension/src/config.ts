/** VS Code's settings, and when a change of them asks for another daemon. */
import * as vscode from "vscode";
import { type Config, configFrom, RESTARTING } from "./settings";

export function readConfig(): Config {
  const configuration = vscode.workspace.getConfiguration();
  return configFrom((name, otherwise) => configuration.get(name, otherwise));
}

export function needsRestart(change: vscode.ConfigurationChangeEvent): boolean {
  return RESTARTING.some((setting) => change.affectsConfiguration(setting));
}
