/** The Jobs view's filter as one quick pick: states to check, and text to look for. The list follows while one types. */
import * as vscode from "vscode";
import { JOB_STATES, type JobFilter, type JobState } from "./jobGroups";
import { stateWord } from "./views/jobWords";

interface Item extends vscode.QuickPickItem {
  readonly state: JobState;
}

interface Filtered {
  readonly filter: JobFilter;
  setFilter(filter: JobFilter): void;
}

/** Escape brings back what was. */
export function filterByHand(list: Filtered): void {
  const before = list.filter;
  const picking = vscode.window.createQuickPick<Item>();
  // Every state stays in sight whatever is typed: the text is for the jobs.
  picking.items = JOB_STATES.map((state) => ({ state, label: stateWord(state), alwaysShow: true }));
  picking.canSelectMany = true;
  picking.title = vscode.l10n.t("Which jobs shall show?");
  picking.placeholder = vscode.l10n.t("A name or a script; check states below (none: all)");
  picking.value = before.text;
  picking.selectedItems = picking.items.filter(({ state }) => before.states.includes(state));
  let accepted = false;
  const show = (): void => {
    list.setFilter({ states: picking.selectedItems.map(({ state }) => state), text: picking.value });
  };
  picking.onDidChangeValue(show);
  picking.onDidChangeSelection(show);
  picking.onDidAccept(() => {
    accepted = true;
    show();
    picking.hide();
  });
  picking.onDidHide(() => {
    if (!accepted) list.setFilter(before);
    picking.dispose();
  });
  picking.show();
}
