/** The daemon's `$/progress` as a notification that can be cancelled. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { Daemon, WorkDone } from "./client";

type Work<T> = (workDoneToken: string, cancel: vscode.CancellationToken) => Promise<T>;

/** Shows `title` with the daemon's messages and percentage while `work` runs; `heard` is told them, too. */
export function withProgress<T>(daemon: Daemon, title: string, work: Work<T>, heard?: (value: WorkDone) => void): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancel) => {
    await daemon.start();
    const token = randomUUID();
    const show = increments(progress);
    const listening = daemon.onProgress(token, (value) => {
      show(value);
      heard?.(value);
    });
    try {
      return await work(token, cancel);
    } finally {
      listening.dispose();
    }
  });
}

/** The daemon gives a percentage, VS Code wants what is added to it. */
function increments(progress: vscode.Progress<{ message?: string; increment?: number }>): (value: WorkDone) => void {
  let shown = 0;
  return (value) => {
    if (value.kind === "end") return;
    const increment = Math.max(0, (value.percentage ?? shown) - shown);
    shown += increment;
    progress.report({ increment, ...(value.message === undefined ? {} : { message: value.message }) });
  };
}
