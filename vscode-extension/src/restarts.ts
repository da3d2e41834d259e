/** How often a daemon that died is started again without a word. */

export class RestartPolicy {
  private crashes: number[] = [];

  /** At most `limit` restarts within `window` milliseconds. */
  constructor(
    private readonly limit = 3,
    private readonly window = 180_000,
  ) {}

  /** Notes a crash at `now` (milliseconds) and says whether to start again. */
  mayRestart(now: number): boolean {
    this.crashes = this.crashes.filter((time) => now - time < this.window);
    this.crashes.push(now);
    return this.crashes.length <= this.limit;
  }

  /** Forgets the past: the user asked for a start. */
  reset(): void {
    this.crashes = [];
  }
}
