/** Opens the RUN pane, filled for what a command was called on. */
import * as vscode from "vscode";
import type { FormParams } from "../protocol";
import type { CommandFactory } from "../services";
import { activeScript } from "../saving";

/** On a script (its URI), on a job (server and job), or on a configuration; without any, for the script in the editor. */
export const configure: CommandFactory = (services) => async (argument) => {
  await services.daemon.start();
  await services.form.openForm(requestOf(argument));
};

function requestOf(argument: unknown): Pick<FormParams, "script" | "job" | "server" | "configuration" | "folder"> {
  if (argument instanceof vscode.Uri) return { script: argument.toString() };
  if (typeof argument === "object" && argument !== null && !Array.isArray(argument)) return argument;
  const script = activeScript()?.uri;
  return script === undefined ? {} : { script: script.toString() };
}
