/** A task's terminal: submits, shows the job's states and lines until it has ended, and ends with its exit code. */
import * as vscode from "vscode";
import { describe, isCancelled, Told } from "../errors";
import { type JobRef, refOf } from "../jobs";
import { framesIn } from "../log/frames";
import { localFiles } from "../log/sources";
import { type Job, type LogLine, methods, type SubmitParams } from "../protocol";
import type { Services } from "../services";
import { firstLine } from "../text";
import type { LogFeeds } from "./logFeed";
import { exitCodeOf, problemText, stateText, terminalText } from "./words";

const INTERRUPT = "\x03";
const FAILED_TO_START = 1;

export class JobTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number>();
  private readonly registrations: vscode.Disposable[] = [];
  private ref: JobRef | undefined;
  private label = "";
  private logEnded = false;
  private ended = false;
  private stopping = false;
  private place: { readonly file: string; readonly line: number } | undefined;

  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;

  constructor(
    private readonly services: Services,
    private readonly feeds: LogFeeds,
    private readonly choices: () => Promise<SubmitParams>,
  ) {}

  open(): void {
    this.run().catch((error: unknown) => {
      this.fail(error);
    });
  }

  /** Ctrl+C asks for the job's end, as it does in a shell. */
  handleInput(data: string): void {
    if (data === INTERRUPT) this.stop();
  }

  /** The terminal is gone. A job ends with a task that was terminated, not with a window that is closed or reloaded: VS Code says which right after. */
  close(): void {
    if (this.ended) return;
    const told = vscode.window.onDidCloseTerminal(({ exitStatus }) => {
      told.dispose();
      if (exitStatus?.reason !== vscode.TerminalExitReason.Shutdown) this.stop();
    });
  }

  private async run(): Promise<void> {
    this.say(vscode.l10n.t("Submitting"));
    const result = await this.services.submitter.start(await this.choices());
    if (result === undefined) {
      this.end(FAILED_TO_START);
      return;
    }
    this.ref = refOf(result.job);
    if (this.stopping) this.stop();
    this.show(result.job);
    this.registrations.push(
      this.services.jobs.onDidChange(() => {
        this.update();
      }),
    );
    const feed = await this.feeds.follow(this.ref, {
      lines: (lines) => {
        this.receive(lines);
      },
      ended: (message) => {
        if (message !== undefined) this.say(message);
        this.logEnded = true;
        this.update();
      },
    });
    this.registrations.push(
      new vscode.Disposable(() => {
        feed.stop();
      }),
    );
    this.update();
  }

  private receive(lines: readonly LogLine[]): void {
    this.written.fire(lines.map(terminalText).join(""));
    for (const { message } of lines) {
      const frame = framesIn(message).find(({ file }) => !file.startsWith("./"));
      if (message.includes("in expression starting at") || message.includes("top-level scope")) this.place = frame ?? this.place;
      else this.place ??= frame;
    }
  }

  /** The job's end is the task's when its log is whole, too. */
  private update(): void {
    const job = this.ref === undefined ? undefined : this.services.jobs.get(this.ref);
    if (job === undefined || this.ended) return;
    if (!job.done) this.show(job);
    else if (this.logEnded) void this.finish(job);
  }

  /** Each state once; how far it is changes too often for lines. */
  private show({ label }: Job): void {
    const words = label.replace(/,? *\d+ ?%/, "");
    if (words === this.label) return;
    this.label = words;
    this.say(words);
  }

  private async finish(job: Job): Promise<void> {
    this.ended = true;
    if (!job.succeeded) await this.tellWhere(job);
    this.written.fire(stateText(job.label, job.succeeded ? "grey" : "red"));
    this.end(exitCodeOf(job));
  }

  private async tellWhere(job: Job): Promise<void> {
    if (this.place === undefined || job.status === "Stopped") return;
    const [file] = await localFiles(this.services, refOf(job), this.place.file).catch(() => []);
    if (file !== undefined) this.written.fire(problemText(file, this.place.line, firstLine(job.reason ?? job.label)));
  }

  private stop(): void {
    this.stopping = true;
    if (this.ref === undefined || this.ended) return;
    this.services.daemon.request(methods.stopJob, this.ref).then(
      ({ job }) => {
        this.services.jobs.update([job]);
      },
      (error: unknown) => {
        this.say(describe(error, this.services.output).message);
      },
    );
  }

  private fail(error: unknown): void {
    if (!(error instanceof Told)) {
      const message = isCancelled(error) ? error.message : describe(error, this.services.output).message;
      this.written.fire(stateText(message, "red"));
    }
    this.end(FAILED_TO_START);
  }

  private end(code: number): void {
    this.ended = true;
    vscode.Disposable.from(...this.registrations).dispose();
    this.closed.fire(code);
  }

  private say(text: string): void {
    this.written.fire(stateText(text));
  }
}
