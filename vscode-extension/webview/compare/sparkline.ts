/** How a number went over time, as a line of the text's height. */
const [WIDTH, HEIGHT, MARGIN] = [64, 16, 2];
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

/** `x,y x,y …` within the drawing, the smallest value below. */
export function coordinates(points: readonly number[]): string {
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const [x, y] = [(WIDTH - 2 * MARGIN) / Math.max(points.length - 1, 1), high > low ? (HEIGHT - 2 * MARGIN) / (high - low) : 0];
  return points.map((value, place) => `${(MARGIN + place * x).toFixed(1)},${(HEIGHT - MARGIN - (value - low) * y).toFixed(1)}`).join(" ");
}
