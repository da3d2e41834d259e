import assert from "node:assert/strict";
import test from "node:test";
import type * as vscode from "vscode";
import { LogSession } from "../src/log/session";

function textOf(session: LogSession): string {
  session.publish();
  return Buffer.from(session.bytes).toString();
}

test("a filter's matches are not told of the next one", () => {
  const session = new LogSession(undefined as unknown as vscode.Uri, { server: "s", job: "j" });
  session.filterBy("a");
  session.receive({ log: "1", lines: [], reset: true, earlier: 0, matches: 412 });
  assert.match(textOf(session), /filter a matches 412 lines/);
  session.filterBy("b");
  session.lost(0);
  assert.match(textOf(session), /filter b; Esc/);
});
