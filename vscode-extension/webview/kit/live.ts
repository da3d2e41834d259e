/** Says to screen readers what changed on the page without the focus being there. */
import { make } from "./dom";

/** While someone types, only what is true when the typing pauses is worth hearing. */
const CALM_MS = 600;

export class LiveRegion {
  private readonly element = make("div", { class: "unseen", role: "status", "aria-live": "polite", "aria-atomic": "true" });
  private timer: number | undefined;
  private wanted = "";

  constructor(parent: Element = document.body) {
    parent.append(this.element);
  }

  /** The last sentence said before a pause is spoken; the same again is not. */
  say(sentence: string): void {
    this.wanted = sentence;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.element.textContent !== this.wanted) this.element.textContent = this.wanted;
    }, CALM_MS);
  }
}
