/** Where the points of a sparkline stand. Pure. */
export const [WIDTH, HEIGHT] = [64, 16];
const MARGIN = 2;

/** `x,y x,y …` within the drawing, the smallest value below. */
export function coordinates(points: readonly number[]): string {
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const [x, y] = [(WIDTH - 2 * MARGIN) / Math.max(points.length - 1, 1), high > low ? (HEIGHT - 2 * MARGIN) / (high - low) : 0];
  return points.map((value, place) => `${(MARGIN + place * x).toFixed(1)},${(HEIGHT - MARGIN - (value - low) * y).toFixed(1)}`).join(" ");
}
