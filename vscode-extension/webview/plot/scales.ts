/** Numbers to places and back, and where an axis has its marks. Pure. */

export interface Extent {
  readonly min: number;
  readonly max: number;
}

export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Smallest and largest of the finite values; undefined when there are none. */
export function extentOf(values: Iterable<number>): Extent | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return min > max ? undefined : { min, max };
}

/** From `min` to `max` of the values to `from` to `to` of the drawing, with about `count` round marks. */
export function linear({ min, max }: Extent, from: number, to: number, count: number): Scale {
  const [low, high] = min === max ? [min - (Math.abs(min) || 1) / 2, max + (Math.abs(max) || 1) / 2] : [min, max];
  const step = roundStep((high - low) / Math.max(1, count));
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9 && ticks.length < 100; at += 1) ticks.push(Number((at * step).toPrecision(12)));
  return { place: (value) => from + ((value - low) / (high - low)) * (to - from), ticks };
}

/** The same by powers of ten; values that are not positive have no place. */
export function logarithmic({ min, max }: Extent, from: number, to: number): Scale {
  const [low, high] = min === max ? [min / 2, max * 2] : [min, max];
  const place = (value: number): number => from + (Math.log(value / low) / Math.log(high / low)) * (to - from);
  const powers = [1, 2, 5].flatMap((factor) => between(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))).map((power) => factor * 10 ** power));
  const inside = powers.filter((value) => value >= low * 0.999 && value <= high * 1.001).sort((a, b) => a - b);
  const tens = inside.filter((value) => Math.abs(Math.log10(value) % 1) < 1e-9);
  return { place, ticks: tens.length >= 3 ? thinned(tens) : inside };
}

/** The index whose x is nearest; the xs ascend. -1 for none. */
export function nearest(xs: readonly number[], x: number): number {
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  return high < 0 ? -1 : Math.abs((xs[low] ?? 0) - x) <= Math.abs((xs[high] ?? 0) - x) ? low : high;
}

/** As short as it says enough: `0.125`, `12 000`, `3.2e-7`. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return Number(value.toPrecision(5)).toLocaleString(undefined, { maximumSignificantDigits: 5 });
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return factor * power;
}

function between(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

function thinned(values: readonly number[]): number[] {
  const every = Math.ceil(values.length / 6);
  return values.filter((_, at) => at % every === 0);
}
