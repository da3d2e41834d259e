/** Whether an editor keeps showing a growing log's end. Pure. */

const NEAR_END = 2;

export class Follow {
  private lastBottom = 0;
  private lastCount = 0;
  /** The editor has been told to show the end and has not said yet that it does. */
  private isMoving = false;

  constructor(private active = true) {}

  get on(): boolean {
    return this.active;
  }

  set on(value: boolean) {
    this.active = value;
    this.isMoving = false;
  }

  /** The editor, whose document has `count` lines now, is told to show the end. */
  moving(count: number): void {
    this.isMoving = count !== this.lastCount || this.lastBottom < count - NEAR_END;
  }

  /**
   * The editor shows lines up to `bottom` of a document of `count` lines. At the end, following begins; moving up ends it. A document
   * that changes, by losing its first lines or becoming shorter, moves the view by itself: until the editor is at the end that it is
   * being moved to, that says nothing. The end of a document that is not `live` is not the log's.
   */
  seen(bottom: number, count: number, live = true): void {
    const isAtEnd = bottom >= count - NEAR_END;
    if (!live) this.on = false;
    else if (isAtEnd) this.on = true;
    else if (!this.isMoving && bottom < this.lastBottom && count >= this.lastCount) this.on = false;
    this.lastBottom = bottom;
    this.lastCount = count;
  }
}
