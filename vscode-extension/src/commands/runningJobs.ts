/** Behind the status bar item: what runs now, each with its actions, and where scripts could run. */
import * as vscode from "vscode";
import { refOf } from "../jobs";
import type { Job, Server } from "../protocol";
import type { CommandFactory, Services } from "../services";
import { descriptionOf, iconOf } from "../views/jobWords";
import { stateOf } from "../views/serverWords";

interface Row extends vscode.QuickPickItem {
  readonly job?: Job;
  readonly server?: Server;
}

interface ActionButton extends vscode.QuickInputButton {
  readonly command: string;
}

export const showRunningJobs: CommandFactory = (services) => async () => {
  await services.daemon.start();
  const picking = vscode.window.createQuickPick<Row>();
  picking.placeholder = vscode.l10n.t("A running job's log, or where scripts shall run");
  picking.matchOnDescription = true;
  const fill = (): void => {
    // The row that the user is on stays the one.
    const active = keyOf(picking.activeItems[0]);
    picking.items = rowsOf(services);
    picking.activeItems = picking.items.filter((row) => active !== undefined && keyOf(row) === active);
  };
  fill();
  const following = services.jobs.onDidChange(fill);
  picking.onDidTriggerItemButton(({ item, button }) => {
    picking.hide();
    if (item.job !== undefined) void vscode.commands.executeCommand((button as ActionButton).command, refOf(item.job));
  });
  picking.onDidAccept(() => {
    const [row] = picking.selectedItems;
    picking.hide();
    if (row !== undefined) void choose(row);
  });
  picking.onDidHide(() => {
    following.dispose();
    picking.dispose();
  });
  picking.show();
};

function rowsOf({ jobs, servers }: Services): Row[] {
  const running = jobs.running().map(jobRow);
  const heading = (label: string): Row => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const other: Row = { label: `$(add) ${vscode.l10n.t("Another server…")}` };
  return [
    ...(running.length === 0 ? [] : [heading(vscode.l10n.t("Running jobs")), ...running]),
    heading(vscode.l10n.t("Run scripts on")),
    ...servers.all.map(serverRow),
    other,
  ];
}

function jobRow(job: Job): Row {
  const extend = { iconPath: new vscode.ThemeIcon("watch"), tooltip: vscode.l10n.t("Extend"), command: "juliahub.extendJob" };
  const stop = { iconPath: new vscode.ThemeIcon("debug-stop"), tooltip: vscode.l10n.t("Stop"), command: "juliahub.stopJob" };
  const buttons: ActionButton[] = [
    { iconPath: new vscode.ThemeIcon("output"), tooltip: vscode.l10n.t("Show Log"), command: "juliahub.showLog" },
    ...(job.deadline === undefined ? [] : [extend]),
    stop,
  ];
  return { job, label: `$(${iconOf(job).id}) ${job.name}`, description: descriptionOf(job), buttons };
}

function serverRow(server: Server): Row {
  const icon = server.current ? "circle-large-filled" : "circle-large-outline";
  return { server, label: `$(${icon}) ${server.name}`, description: stateOf(server) };
}

function choose({ job, server }: Row): Thenable<unknown> {
  if (job !== undefined) return vscode.commands.executeCommand("juliahub.showLog", refOf(job));
  return vscode.commands.executeCommand("juliahub.selectServer", ...(server === undefined ? [] : [server]));
}

function keyOf(row: Row | undefined): string | undefined {
  return row?.job === undefined ? row?.server?.id : `${row.job.server} ${row.job.id}`;
}
