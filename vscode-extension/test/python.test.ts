import assert from "node:assert/strict";
import test from "node:test";
import { candidates, findPython, type Interpreter, parseProbe, type Probe, versionRange } from "../src/python";

const SUPPORTED = [10, 11, 12, 13];

function interpreter(executable: string, minor: number, more: Partial<Interpreter> = {}): Interpreter {
  return { executable, version: [3, minor], implementation: "cpython", freeThreaded: false, ...more };
}

function machine(...installed: Interpreter[]): Probe {
  return ({ command }) => Promise.resolve(installed.find(({ executable }) => executable.endsWith(command)));
}

test("the PATH is searched in order, and what is too old is passed over", async () => {
  const result = await findPython(candidates("", undefined, "linux"), SUPPORTED, machine(interpreter("/usr/bin/python3", 9), interpreter("/opt/python", 12)));
  assert.ok(result.found);
  assert.equal(result.interpreter.executable, "/opt/python");
});

test("what answers and does not serve is named", async () => {
  const unsuitable = [interpreter("/usr/bin/python3", 13, { freeThreaded: true }), interpreter("/opt/python", 11, { implementation: "pypy" })];
  const result = await findPython(candidates("", undefined, "linux"), SUPPORTED, machine(...unsuitable));
  assert.deepEqual(result, { found: false, unsuitable });
});

test("no Python at all", async () => {
  assert.deepEqual(await findPython(candidates("", undefined, "darwin"), SUPPORTED, machine()), { found: false, unsuitable: [] });
});

test("a chosen Python is the only candidate", () => {
  assert.deepEqual(candidates("/my/python", "/selected/python", "linux"), [{ command: "/my/python", args: [] }]);
});

test("the Python extension's choice comes before the PATH, and Windows has its launcher", () => {
  const commands = candidates("", "C:\\venv\\python.exe", "win32").map(({ command, args }) => [command, ...args].join(" "));
  assert.deepEqual(commands, ["C:\\venv\\python.exe", "py -3", "python3", "python"]);
});

test("what a probe prints is read, anything else is no interpreter", () => {
  const printed = '{"executable": "/usr/bin/python3", "version": [3, 11], "implementation": "cpython", "freeThreaded": false}\n';
  assert.deepEqual(parseProbe(printed), interpreter("/usr/bin/python3", 11));
  for (const other of ["", "Python was not found; run without arguments to install", "{}", "null", '{"executable": ""}']) {
    assert.equal(parseProbe(other), undefined, other);
  }
});

test("versions as a person reads them", () => {
  assert.equal(versionRange(SUPPORTED), "3.10 to 3.13");
  assert.equal(versionRange([11]), "3.11");
});
