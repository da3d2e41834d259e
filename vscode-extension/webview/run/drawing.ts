/** The drawing of what will start: a frame for each machine, a box for each process, the master's filled. */
import type { FormDesign } from "../../src/protocol";
import type { RunStrings } from "../../src/run/strings";
import { fill, make, setText, show } from "../kit/dom";
import { format } from "../kit/strings";

/** More boxes than these say no more than a number does. */
const MOST_BOXES = 16;
const MOST_FRAMES = 24;

export class Drawing {
  readonly element: HTMLElement;
  private readonly picture = make("div", { class: "picture", role: "img" });
  private readonly summary = make("div", { class: "summary" });
  private readonly capacity = make("div", { class: "muted" });
  private shown = "";

  constructor(private readonly words: RunStrings) {
    this.element = make("figure", { class: "drawing", hidden: true }, this.picture, make("figcaption", {}, this.summary, this.capacity));
  }

  render(design: FormDesign | undefined): void {
    // It keeps its place while a value is wrong: what is being typed must not move.
    this.element.classList.toggle("unknown", design === undefined);
    if (design === undefined) return;
    show(this.element, true);
    setText(this.summary, design.summary);
    setText(this.capacity, [design.capacity, design.priceLabel].filter((part) => part !== undefined).join(" · "));
    this.picture.setAttribute("aria-label", format(this.words.drawing, design.summary));
    const key = JSON.stringify([design.nodes, design.workersPerNode]);
    if (key === this.shown) return;
    this.shown = key;
    fill(this.picture, ...framesOf(design));
  }
}

function framesOf({ nodes, workersPerNode }: FormDesign): HTMLElement[] {
  const drawn = workersPerNode.slice(0, MOST_FRAMES).map((workers, index) => frame(workers, index === 0));
  const more = nodes - drawn.length;
  return more > 0 ? [...drawn, make("span", { class: "more" }, `+ ${more.toLocaleString()}`)] : drawn;
}

function frame(workers: number, hasMaster: boolean): HTMLElement {
  const processes = workers + (hasMaster ? 1 : 0);
  const boxes = Array.from({ length: Math.min(processes, MOST_BOXES) }, (_, index) => make("span", { class: hasMaster && index === 0 ? "box master" : "box" }));
  return make("span", { class: "frame" }, ...boxes, processes > MOST_BOXES && make("span", { class: "more" }, `+${processes - MOST_BOXES}`));
}
