/** How a number went over time, as a line of the text's height. */
import { coordinates, HEIGHT, WIDTH } from "./coordinates";

const SVG = "http://www.w3.org/2000/svg";

/** `label` says it in words. */
export function sparkline(points: readonly number[], label: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", "aria-label": label })) svg.setAttribute(name, String(value));
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", coordinates(points));
  const title = document.createElementNS(SVG, "title");
  title.textContent = label;
  svg.append(title, line);
  return svg;
}
