/** Numbers and times as a person reads them. Pure. */
import type { Job } from "./protocol";

const MINUTE = 60_000;
const LEAST_PAID = 10 * MINUTE;

/** `0:42`, `12:05`, `1:02:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Decimal units: `12 B`, `3.1 kB`, `2 GB`. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  let value = size;
  let unit = "B";
  for (unit of ["kB", "MB", "GB", "TB"]) {
    value /= 1000;
    if (value < 999.5) break;
  }
  return `${value < 9.95 ? trimmed(value.toFixed(1)) : String(Math.round(value))} ${unit}`;
}

/** How long the job ran or runs, over its limit while it runs: `0:42 / 1:00 h`. Empty before it starts. */
export function elapsed(job: Job, now: number): string {
  if (job.started === undefined) return "";
  const ran = clock(job.ended === undefined ? now - job.started : Math.round((job.ended - job.started) / 1000) * 1000);
  return job.done || job.timeLimit === undefined || job.timeLimit === 0 ? ran : `${ran} / ${limit(job.timeLimit)}`;
}

/**
 * Now, as a list shows it: to the second in a job's first minute, to ten seconds after that. A row that is drawn anew can lose a click that
 * is on its way, so none is drawn more often than anyone reads it.
 */
export function readingOf(now: number, started: number | undefined): number {
  const ran = started === undefined ? 0 : now - started;
  return ran < MINUTE ? now - (ran % 1000) : now - (ran % (10 * 1000));
}

/** What a job has come to in US dollars: ten minutes are paid at least. Empty where nothing is paid. */
export function cost({ pricePerHour, started, ended }: Job, now: number): string {
  if (pricePerHour === undefined || pricePerHour <= 0 || started === undefined) return "";
  const paid = Math.max((ended ?? now) - started, LEAST_PAID);
  return dollars((pricePerHour * paid) / (60 * MINUTE));
}

/** `$0.34`; not a cent is less than one. */
export function dollars(amount: number): string {
  return amount > 0 && amount < 0.01 ? "< $0.01" : `$${amount.toFixed(2)}`;
}

/** Six significant digits say enough in a list. */
export function scalar(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  return typeof value === "string" ? firstLine(value) : JSON.stringify(value);
}

export function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0]?.trim() ?? "";
}

/** How long something is good for still: `23 h`, `42 min`. Empty when it is not. */
export function life(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 0) return "";
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** `14:02` today, with the day before it else. */
export function since(time: number, now: number): string {
  const [then, today] = [new Date(time), new Date(now)];
  const at = then.toTimeString().slice(0, 5);
  return then.toDateString() === today.toDateString() ? at : `${then.toLocaleDateString(undefined, { month: "short", day: "numeric" })}, ${at}`;
}

/** Words of a server's for places that make links of `[text](address)`: nothing in them becomes one. */
export function plain(text: string): string {
  return text.replaceAll("[", "%5B").replaceAll("]", "%5D");
}

/** Between a job's name, its time and the one most telling thing: what is empty is left out. */
export function joined(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("   ");
}

/** `1:30 h`; one of less than an hour in the minutes and seconds that it is measured against: `16:12`. */
function limit(hours: number): string {
  if (hours < 1) return clock(Math.round(hours * 3600) * 1000);
  const minutes = Math.round(hours * 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}

function trimmed(number: string): string {
  return number.replace(/\.0$/, "");
}
