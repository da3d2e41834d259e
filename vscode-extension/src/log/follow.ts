/** Whether an editor keeps showing a growing log's end. Pure. */

const NEAR_END = 2;

export class Follow {
  private lastBottom = 0;
  private lastCount = 0;

  constructor(private active = true) {}

  get on(): boolean {
    return this.active;
  }

  set on(value: boolean) {
    this.active = value;
  }

  /**
   * The editor shows lines up to `bottom` of a document of `count` lines. At the end, following begins; moving up ends it. A document
   * that became shorter moves the view by itself, so that says nothing. The end of a document that is not `live` is not the log's.
   */
  seen(bottom: number, count: number, live = true): void {
    if (!live) this.active = false;
    else if (bottom >= count - NEAR_END) this.active = true;
    else if (bottom < this.lastBottom && count >= this.lastCount) this.active = false;
    this.lastBottom = bottom;
    this.lastCount = count;
  }
}
