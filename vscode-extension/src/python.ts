/** Finds the Python that runs the daemon. Pure: asking an interpreter what it is comes in as `probe`. */

/** A way to start an interpreter, and how a person would name it. */
export interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
}

/** What an interpreter says of itself. */
export interface Interpreter {
  readonly executable: string;
  readonly version: readonly [number, number];
  readonly implementation: string;
  readonly freeThreaded: boolean;
}

export type Probe = (candidate: Candidate) => Promise<Interpreter | undefined>;

/** The minor versions of Python 3 that the carried libraries are built for, such as [10, 11, 12, 13]. */
export type Supported = readonly number[];

export interface Found {
  readonly found: true;
  readonly interpreter: Interpreter;
}

export interface Missing {
  readonly found: false;
  /** Interpreters that answered, and do not serve. */
  readonly unsuitable: readonly Interpreter[];
}

/** The first candidate that serves, in their order. */
export async function findPython(candidates: readonly Candidate[], supported: Supported, probe: Probe): Promise<Found | Missing> {
  const unsuitable: Interpreter[] = [];
  for (const candidate of candidates) {
    const interpreter = await probe(candidate);
    if (interpreter === undefined) continue;
    if (serves(interpreter, supported)) return { found: true, interpreter };
    unsuitable.push(interpreter);
  }
  return { found: false, unsuitable };
}

/** What to try: the user's own choice alone when there is one, else the Python extension's, then the PATH's. */
export function candidates(chosen: string, selected: string | undefined, platform: NodeJS.Platform): Candidate[] {
  if (chosen !== "") return [{ command: chosen, args: [] }];
  const onPath: Candidate[] = [{ command: "python3", args: [] }, { command: "python", args: [] }];
  if (platform === "win32") onPath.unshift({ command: "py", args: ["-3"] });
  return selected === undefined ? onPath : [{ command: selected, args: [] }, ...onPath];
}

/** "3.10 to 3.13" or "3.11": the supported versions as a person reads them. */
export function versionRange(supported: Supported): string {
  const first = Math.min(...supported);
  const last = Math.max(...supported);
  return first === last ? `3.${first}` : `3.${first} to 3.${last}`;
}

/** The program that `probe` runs; it prints an `Interpreter` as JSON. */
export const PROBE_PROGRAM = [
  "import sys, json",
  "print(json.dumps({'executable': sys.executable, 'version': sys.version_info[:2],",
  " 'implementation': sys.implementation.name, 'freeThreaded': 't' in getattr(sys, 'abiflags', '')}))",
].join("\n");

/** Reads what `PROBE_PROGRAM` printed; anything else is no interpreter. */
export function parseProbe(output: string): Interpreter | undefined {
  try {
    const value = JSON.parse(output) as Partial<Interpreter>;
    const { executable, version, implementation, freeThreaded } = value;
    if (executable === undefined || executable === "" || version === undefined || implementation === undefined) return undefined;
    return { executable, version, implementation, freeThreaded: freeThreaded ?? false };
  } catch {
    return undefined;
  }
}

function serves({ version: [major, minor], implementation, freeThreaded }: Interpreter, supported: Supported): boolean {
  return major === 3 && supported.includes(minor) && implementation === "cpython" && !freeThreaded;
}
