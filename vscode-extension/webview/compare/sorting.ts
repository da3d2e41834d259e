/** In which order the jobs stand: as they were added, or by the values of a row. Pure. */
import type { CompareJobsResult } from "../../src/protocol";
import type { Sorting } from "../../src/results/messages";

type Cell = CompareJobsResult["sections"][number]["rows"][number]["cells"][number];

/** Places of the jobs, in the order in which they are shown. Numbers go before texts; jobs without a value are last, either way. */
export function order({ jobs, sections }: CompareJobsResult, sorting: Sorting | undefined): number[] {
  const places = jobs.map((_, place) => place);
  const row = sections.find(({ id }) => id === sorting?.section)?.rows.find(({ key }) => key === sorting?.key);
  if (row === undefined || sorting === undefined) return places;
  const sign = sorting.descending ? -1 : 1;
  return places.sort((a, b) => {
    const [one, other] = [row.cells[a], row.cells[b]];
    const absent = Number(isAbsent(one)) - Number(isAbsent(other));
    return absent !== 0 ? absent : sign * compared(one, other) || a - b;
  });
}

/** The first click sorts upwards, the second downwards, the third ends it. */
export function next(sorting: Sorting | undefined, section: string, key: string): Sorting | undefined {
  if (!isSortedBy(sorting, section, key)) return { section, key, descending: false };
  return sorting?.descending === true ? undefined : { section, key, descending: true };
}

export function isSortedBy(sorting: Sorting | undefined, section: string, key: string): boolean {
  return sorting?.section === section && sorting.key === key;
}

function isAbsent(cell: Cell | undefined): boolean {
  return cell === undefined || cell.kind === "absent";
}

function compared(one: Cell | undefined, other: Cell | undefined): number {
  if (one?.number !== undefined && other?.number !== undefined) return one.number - other.number;
  if (one?.number !== undefined) return -1;
  if (other?.number !== undefined) return 1;
  return (one?.text ?? "").localeCompare(other?.text ?? "", undefined, { numeric: true });
}
