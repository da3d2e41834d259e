/** Typing a filter: what could stand there and what is wrong with it, as the daemon says it; what was asked for before. */
import * as vscode from "vscode";
import type { Daemon } from "../client";
import { type CompleteFilterResult, type FilterCompletion, methods } from "../protocol";
import type { LogSession } from "./session";

const HISTORY = "juliahub.logFilters";
const MOST_REMEMBERED = 20;

interface Item extends vscode.QuickPickItem {
  /** What choosing it does: show the lines, complete the text, or take up a former filter. */
  readonly apply?: string;
  readonly completion?: FilterCompletion;
}

export class FilterBar {
  constructor(
    private readonly daemon: Daemon,
    private readonly memory: vscode.Memento,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  /** The filter that the user chose, "" for the whole log; undefined when they chose none. */
  async ask(session: LogSession): Promise<string | undefined> {
    const bar = vscode.window.createQuickPick<Item>();
    bar.title = vscode.l10n.t("Filter Log");
    bar.placeholder = vscode.l10n.t("level>=warn worker:3 epoch>10 /loss=\\d/");
    bar.value = session.filter ?? "";
    let asked = 0;
    const complete = async (): Promise<void> => {
      const [query, turn] = [bar.value, (asked += 1)];
      const answer = await this.complete(session, query);
      if (turn === asked) bar.items = this.items(query, answer);
    };
    const chosen = await new Promise<string | undefined>((resolve) => {
      bar.onDidChangeValue(() => void complete());
      bar.onDidHide(() => {
        resolve(undefined);
      });
      bar.onDidAccept(() => {
        const [item] = bar.activeItems;
        if (item?.completion !== undefined) {
          bar.value = completed(bar.value, item.completion);
          void complete();
        } else if (item?.apply !== undefined) resolve(item.apply);
      });
      bar.show();
      void complete();
    });
    bar.dispose();
    if (chosen !== undefined && chosen !== "") await this.remember(chosen);
    return chosen;
  }

  private async complete(session: LogSession, query: string): Promise<CompleteFilterResult> {
    try {
      return await this.daemon.request(methods.completeFilter, { ...session.ref, query, position: query.length });
    } catch (error) {
      this.output.warn(String(error));
      return { completions: [] };
    }
  }

  /** The filter itself first, so that Enter shows its lines, or in its place what is wrong with it. */
  private items(query: string, { completions, problem }: CompleteFilterResult): Item[] {
    const former = this.memory.get<string[]>(HISTORY, []).filter((text) => text !== query && text.startsWith(query));
    return [
      itemOf(query, problem),
      ...section(vscode.l10n.t("Go on with"), completions.map((completion) => ({ label: completion.text, description: completion.detail, completion }))),
      ...section(vscode.l10n.t("Recent"), former.map((text) => ({ label: text, iconPath: new vscode.ThemeIcon("history"), apply: text }))),
    ].map((item) => ({ ...item, alwaysShow: true }));
  }

  private async remember(query: string): Promise<void> {
    const others = this.memory.get<string[]>(HISTORY, []).filter((text) => text !== query);
    await this.memory.update(HISTORY, [query, ...others].slice(0, MOST_REMEMBERED));
  }
}

function itemOf(query: string, problem: string | undefined): Item {
  if (problem !== undefined) return { label: problem, iconPath: new vscode.ThemeIcon("warning") };
  if (query.trim() === "") return { label: vscode.l10n.t("Show the whole log"), iconPath: new vscode.ThemeIcon("clear-all"), apply: "" };
  const around = vscode.l10n.t("each with the lines around it");
  return { label: vscode.l10n.t("Show the lines that match"), description: around, iconPath: new vscode.ThemeIcon("filter"), apply: query.trim() };
}

function section(label: string, items: readonly Item[]): Item[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function completed(query: string, { start, end, text }: FilterCompletion): string {
  return query.slice(0, start) + text + query.slice(end);
}
