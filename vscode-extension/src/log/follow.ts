/** Whether an editor keeps showing a growing log's end. Pure. */

const NEAR_END = 2;

export class Follow {
  private lastTop = 0;
  private lastBottom = 0;
  private lastCount = 0;
  /** The editor has been told to show the end and has not said yet that it does. */
  private isMoving = false;
  /** Following ended by moving from this last line up to that one, and the document is still the same. */
  private left: { readonly from: number; readonly to: number } | undefined;

  constructor(private active = true) {}

  get on(): boolean {
    return this.active;
  }

  set on(value: boolean) {
    this.active = value;
    this.isMoving = false;
    this.left = undefined;
  }

  /** Another editor shows the document now, and has said nothing so far. */
  opened(): void {
    this.lastTop = 0;
    this.lastBottom = 0;
    this.lastCount = 0;
    this.left = undefined;
  }

  /**
   * Lines `start` to `end` of the document became others. An editor tells of the scrolling that this brings before it tells of the change:
   * if what was in sight was among them, nobody moved up.
   */
  changed(start: number, end: number): void {
    const { left } = this;
    this.left = undefined;
    if (left !== undefined && start <= left.to && end >= left.from - NEAR_END) this.on = true;
  }

  /** The editor, whose document has `count` lines now, is told to show the end. */
  moving(count: number): void {
    this.isMoving = count !== this.lastCount || this.lastBottom < count - NEAR_END;
  }

  /**
   * The editor shows the lines from `top` to `bottom` of a document of `count` lines. At the end, following begins; moving up ends it, which
   * showing less is not: a panel opens below, a lens comes above. A document that changes, by losing its first lines or becoming shorter,
   * moves the view by itself: until the editor is at the end that it is being moved to, that says nothing. The end of a document that is
   * not `live` is not the log's.
   */
  seen(top: number, bottom: number, count: number, live = true): void {
    const isAtEnd = bottom >= count - NEAR_END;
    if (!live) this.on = false;
    else if (isAtEnd) this.on = true;
    else if (this.left !== undefined) this.left = { ...this.left, to: bottom };
    else if (this.on && !this.isMoving && top < this.lastTop && count >= this.lastCount) {
      this.on = false;
      this.left = { from: this.lastBottom, to: bottom };
    }
    this.lastTop = top;
    this.lastBottom = bottom;
    this.lastCount = count;
  }
}
