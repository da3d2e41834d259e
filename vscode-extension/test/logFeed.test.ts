import assert from "node:assert/strict";
import test from "node:test";
import type { LogLine, LogLinesParams, LogStateParams } from "../src/protocol";
import { LogFeeds, type LogSource } from "../src/tasks/logFeed";

type Handler = (params: unknown) => void;

/** A daemon that answers at once with the next subscription's name, and says what the test has it say. */
class Source {
  readonly requests: string[] = [];
  private readonly handlers = new Map<string, Handler>();
  private started: (() => void) | undefined;
  private opened = 0;
  /** Told before the answer that names the log. */
  early: (() => void) | undefined;

  asSource(): LogSource {
    const source = {
      state: "running",
      onNotification: (method: string, handler: Handler) => this.handlers.set(method, handler),
      onDidStart: (handler: () => void) => {
        this.started = handler;
        return { dispose: () => (this.started = undefined) };
      },
      request: (method: string) => {
        this.requests.push(method);
        if (method === "juliahub/openLog") {
          this.opened += 1;
          this.early?.();
        }
        return Promise.resolve({ log: `log-${this.opened}` });
      },
    };
    return source as unknown as LogSource;
  }

  lines(log: string, first: number, last: number, more: Partial<LogLinesParams> = {}): void {
    const lines = Array.from({ length: last - first + 1 }, (_, index): LogLine => ({ id: first + index, message: "", level: "Info", worker: 1 }));
    this.handlers.get("juliahub/logLines")?.({ log, lines, reset: false, ...more });
  }

  state(log: string, state: LogStateParams["state"], message?: string): void {
    this.handlers.get("juliahub/logState")?.({ log, state, message });
  }

  restart(): void {
    this.started?.();
  }
}

async function followed(source: Source): Promise<{ readonly ids: number[]; readonly ends: (string | undefined)[]; readonly stop: () => void }> {
  const [ids, ends]: [number[], (string | undefined)[]] = [[], []];
  const feeds = new LogFeeds(source.asSource());
  const lines = (fresh: readonly LogLine[]): void => void ids.push(...fresh.map(({ id }) => id));
  const ended = (message?: string): void => void ends.push(message);
  const following = await feeds.follow({ server: "s", job: "j" }, { lines, ended });
  return { ids, ends, stop: () => { following.stop(); } };
}

test("each line once and in order, of this log alone", async () => {
  const source = new Source();
  const { ids } = await followed(source);
  source.lines("log-1", 1, 2, { reset: true, earlier: 0 });
  source.lines("log-9", 3, 9);
  source.lines("log-1", 3, 4);
  assert.deepEqual(ids, [1, 2, 3, 4]);
});

test("lines that come before their log has a name", async () => {
  const source = new Source();
  source.early = () => { source.lines("log-1", 1, 2, { reset: true, earlier: 0 }); };
  assert.deepEqual((await followed(source)).ids, [1, 2]);
});

test("a preview counts from elsewhere and is passed over", async () => {
  const source = new Source();
  const { ids } = await followed(source);
  source.lines("log-1", 1, 3, { reset: true });
  source.lines("log-1", 4, 5);
  source.lines("log-1", 7, 9, { reset: true, earlier: 6 });
  assert.deepEqual(ids, [7, 8, 9]);
});

test("after a restart of the daemon it goes on where it was", async () => {
  const source = new Source();
  const { ids } = await followed(source);
  source.lines("log-1", 1, 2, { reset: true, earlier: 0 });
  source.restart();
  await Promise.resolve();
  await Promise.resolve();
  source.lines("log-2", 1, 4, { reset: true, earlier: 0 });
  assert.deepEqual(ids, [1, 2, 3, 4]);
});

test("its end, and a failure's words", async () => {
  const source = new Source();
  const { ends } = await followed(source);
  source.state("log-1", "reconnecting");
  source.state("log-1", "complete");
  source.state("log-1", "failed", "it cannot be read");
  assert.deepEqual(ends, [undefined, "it cannot be read"]);
});

test("who stops is told nothing more, and the daemon neither", async () => {
  const source = new Source();
  const { ids, stop } = await followed(source);
  stop();
  source.lines("log-1", 1, 2, { reset: true, earlier: 0 });
  assert.deepEqual(ids, []);
  assert.deepEqual(source.requests, ["juliahub/openLog", "juliahub/closeLog"]);
});
