/** One keyword drawn: a line for each worker, axes, and the values at the pointer or the arrow keys. */
import type { LogSeries } from "../../src/protocol";
import { make } from "../kit/dom";
import { type Extent, extentOf, linear, logarithmic, nearest, type Scale, short } from "./scales";

export interface Choices {
  readonly across: "step" | "time";
  readonly logarithmic: boolean;
}

export interface Words {
  readonly worker: (worker: number) => string;
  /** The chart's name for screen readers. */
  readonly chart: (keyword: string) => string;
  readonly at: (value: string, place: string) => string;
  readonly say: (sentence: string) => void;
}

const SVG = "http://www.w3.org/2000/svg";
const COLORS = 6;
const HEIGHT = 200;
const EDGE = { left: 62, right: 14, top: 12, bottom: 26 };

interface Line {
  readonly worker: number;
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/** A chart `width` pixels wide of one keyword's series. */
export function chart(keyword: string, series: readonly LogSeries[], width: number, choices: Choices, words: Words): HTMLElement {
  const lines = series.map((one) => lineOf(one, choices)).filter(({ xs }) => xs.length > 0);
  const figure = make("figure", { class: "chart" }, make("figcaption", {}, keyword));
  const [across, up] = [extentOf(lines.flatMap(({ xs }) => xs)), extentOf(lines.flatMap(({ ys }) => ys))];
  if (across === undefined || up === undefined) return figure;
  if (lines.length > 1) figure.append(legend(lines, words));
  const plot = new Plot(lines, across, up, width, choices, words);
  plot.svg.setAttribute("aria-label", words.chart(keyword));
  figure.append(plot.svg, plot.reading);
  return figure;
}

/** Worker's number → class of its line's colour and dashes. */
export function styleOf(worker: number): string {
  return `w${(worker - 1) % COLORS}`;
}

class Plot {
  readonly svg = drawn("svg", { class: "plot", role: "img", tabindex: 0, height: HEIGHT });
  readonly reading = make("p", { class: "reading muted" });
  private readonly x: Scale;
  private readonly y: Scale;
  private readonly pointer = drawn("g", { class: "pointer", visibility: "hidden" });
  private readonly longest: Line;
  private at = -1;

  constructor(
    private readonly lines: readonly Line[],
    across: Extent,
    up: Extent,
    private readonly width: number,
    private readonly choices: Choices,
    private readonly words: Words,
  ) {
    this.x = linear(across, EDGE.left, width - EDGE.right, Math.max(2, width / 110));
    this.y = choices.logarithmic ? logarithmic(up, HEIGHT - EDGE.bottom, EDGE.top) : linear(up, HEIGHT - EDGE.bottom, EDGE.top, 6);
    this.longest = [...lines].sort((a, b) => b.xs.length - a.xs.length)[0] ?? { worker: 1, xs: [], ys: [] };
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.append(...this.axes(), ...lines.map((line) => this.curve(line)), this.pointer);
    this.svg.addEventListener("pointermove", (event) => {
      this.point(this.nearestTo(event));
    });
    this.svg.addEventListener("pointerleave", () => {
      this.point(-1);
    });
    this.svg.addEventListener("keydown", (event) => {
      this.onKey(event);
    });
    this.point(-1);
  }

  private *axes(): Generator<SVGElement> {
    for (const value of this.y.ticks) {
      const y = this.y.place(value);
      yield drawn("line", { class: "grid", x1: EDGE.left, x2: this.width - EDGE.right, y1: y, y2: y });
      yield drawn("text", { class: "mark", x: EDGE.left - 8, y: y + 4, "text-anchor": "end" }, short(value));
    }
    for (const value of this.x.ticks) {
      if (this.choices.across === "step" && !Number.isInteger(value)) continue;
      yield drawn("text", { class: "mark", x: this.x.place(value), y: HEIGHT - 8, "text-anchor": "middle" }, this.placeText(value));
    }
    yield drawn("line", { class: "axis", x1: EDGE.left, x2: this.width - EDGE.right, y1: HEIGHT - EDGE.bottom, y2: HEIGHT - EDGE.bottom });
  }

  private curve({ worker, xs, ys }: Line): SVGElement {
    const points = xs.map((x, at) => `${this.x.place(x).toFixed(1)},${this.y.place(ys[at] ?? 0).toFixed(1)}`);
    const [only] = points.length === 1 ? (points[0] ?? "0,0").split(",") : [];
    if (only !== undefined) return drawn("circle", { class: `dot ${styleOf(worker)}`, cx: only, cy: this.y.place(ys[0] ?? 0), r: 3 });
    return drawn("polyline", { class: `curve ${styleOf(worker)}`, points: points.join(" ") });
  }

  private nearestTo(event: PointerEvent): number {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.width;
    return nearest(this.longest.xs.map((value) => this.x.place(value)), x);
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.longest.xs.length - 1;
    const here = this.at < 0 ? last : this.at;
    const goal = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    this.point(Math.min(last, Math.max(0, goal)));
    this.words.say(this.reading.textContent);
  }

  /** Shows the values at a point of the longest line; -1: the last ones, without a mark. */
  private point(at: number): void {
    this.at = at;
    const place = this.longest.xs.at(at) ?? 0;
    const values = this.lines.map((line) => ({ line, at: nearest(line.xs, place) }));
    const texts = values.map(({ line, at: index }) => `${this.lines.length > 1 ? `${this.words.worker(line.worker)} ` : ""}${short(line.ys[index] ?? 0)}`);
    this.reading.textContent = this.words.at(texts.join(", "), this.placeText(place));
    this.pointer.setAttribute("visibility", at < 0 ? "hidden" : "visible");
    const x = this.x.place(place);
    const rule = drawn("line", { class: "rule", x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom });
    const dots = values.map(({ line, at: index }) =>
      drawn("circle", { class: `dot ${styleOf(line.worker)}`, cx: this.x.place(line.xs[index] ?? 0), cy: this.y.place(line.ys[index] ?? 0), r: 3.5 }),
    );
    this.pointer.replaceChildren(rule, ...dots);
  }

  private placeText(value: number): string {
    return this.choices.across === "time" ? new Date(value).toTimeString().slice(0, 8) : Math.round(value).toLocaleString();
  }
}

function lineOf({ worker, points }: LogSeries, choices: Choices): Line {
  const kept = points.filter(({ value, time }) => (!choices.logarithmic || value > 0) && (choices.across === "step" || time !== undefined));
  return { worker, xs: kept.map(({ step, time }) => (choices.across === "step" ? step : (time ?? 0))), ys: kept.map(({ value }) => value) };
}

function legend(lines: readonly Line[], words: Words): HTMLElement {
  const entries = lines.map(({ worker }) => {
    const sample = drawn("svg", { width: 22, height: 8, "aria-hidden": "true" });
    sample.append(drawn("polyline", { class: `curve ${styleOf(worker)}`, points: "0,4 22,4" }));
    const entry = make("li", {}, words.worker(worker));
    entry.prepend(sample);
    return entry;
  });
  return make("ul", { class: "legend" }, ...entries);
}

function drawn(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}
