import assert from "node:assert/strict";
import test from "node:test";
import { candidates, framesIn, type Layout } from "../src/log/frames";

test("places in code are found in new and old traces and in our own words", () => {
  const cases: readonly [string, string, number][] = [
    ["   @ Main ~/x/main.jl:17", "~/x/main.jl", 17],
    [" [2] f(x::Int64) @ Main /data/jobs/j/work/pi/main.jl:3", "/data/jobs/j/work/pi/main.jl", 3],
    [" [3] f(x::Int) at /node/path/src/Foo.jl:12", "/node/path/src/Foo.jl", 12],
    ["   @ Foo.Bar ~/.julia/packages/Foo/AbCdE/src/Foo.jl:12 [inlined]", "~/.julia/packages/Foo/AbCdE/src/Foo.jl", 12],
    [" [1] error(s::String) at ./error.jl:35", "./error.jl", 35],
    ["   @ Base ./Base.jl:495", "./Base.jl", 495],
    ["   @ ./none.jl:1", "./none.jl", 1],
    ["in expression starting at /x/main.jl:20", "/x/main.jl", 20],
    [" [1] top-level scope at C:\\jobs\\j\\main.jl:4", "C:\\jobs\\j\\main.jl", 4],
    ["   @ Main C:/jobs/my work/main.jl:4", "C:/jobs/my work/main.jl", 4],
    ["   @ Main ~/my work/main.jl:4", "~/my work/main.jl", 4],
    ["UndefVarError: `x` not defined (main.jl:17)", "main.jl", 17],
    ["[3]    @ Main.Größe ./größe.jl:8", "./größe.jl", 8],
  ];
  for (const [text, file, line] of cases) {
    const [found] = framesIn(text);
    assert.deepEqual([found?.file, found?.line], [file, line], text);
    assert.equal(text.slice(found?.start, found?.end), `${file}:${line}`);
  }
});

test("other text is no place in code", () => {
  for (const text of ["x", "see main.jl", "main.jl:12 is where", "at noon", "   @ REPL[1]:1", "mail me @ home.jl", "http://x.org/a.jl:80"]) {
    assert.deepEqual(framesIn(text), [], text);
  }
});

const LAYOUT: Layout = {
  script: "/home/ada/pi/scripts/main.jl",
  bundle: "/home/ada/pi",
  home: "/home/ada",
  packages: new Map([
    ["MyTools", "/home/ada/MyTools"],
    ["Foo", "/home/ada/.julia/packages/Foo/zzzzz"],
  ]),
  depots: ["/home/ada/.julia", "/opt/depot"],
  julias: ["/opt/julia/share/julia"],
};

test("a path of the node's is mapped by what the bundle put where", () => {
  const cases: readonly [string, string][] = [
    ["/srv/jobs/jr-1/work/pi/scripts/main.jl", "/home/ada/pi/scripts/main.jl"],
    ["/srv/jobs/jr-1/work/pi/src/a/b/c/d/e/f/deep.jl", "/home/ada/pi/src/a/b/c/d/e/f/deep.jl"],
    ["/srv/jobs/jr-1/work/pi/.bundle/dev/MyTools/src/MyTools.jl", "/home/ada/MyTools/src/MyTools.jl"],
    ["~/.julia/packages/Foo/AbCdE/src/Foo.jl", "/home/ada/.julia/packages/Foo/AbCdE/src/Foo.jl"],
    ["/srv/jobs/jr-1/code.jl", "/home/ada/pi/scripts/main.jl"],
    ["./error.jl", "/opt/julia/share/julia/base/error.jl"],
    ["/buildworker/usr/share/julia/stdlib/v1.10/LinearAlgebra/src/lu.jl", "/opt/julia/share/julia/stdlib/v1.10/LinearAlgebra/src/lu.jl"],
    ["main.jl", "/home/ada/pi/main.jl"],
  ];
  for (const [file, first] of cases) assert.equal(candidates(file, LAYOUT)[0], first, file);
});

test("less likely places follow", () => {
  assert.deepEqual(candidates("~/.julia/packages/Foo/AbCdE/src/Foo.jl", LAYOUT), [
    "/home/ada/.julia/packages/Foo/AbCdE/src/Foo.jl",
    "/opt/depot/packages/Foo/AbCdE/src/Foo.jl",
    "/home/ada/.julia/packages/Foo/zzzzz/src/Foo.jl",
  ]);
  assert.ok(candidates("/elsewhere/x.jl", LAYOUT).includes("/elsewhere/x.jl"), "the node may be this computer");
  assert.deepEqual(candidates("/a/b.jl", { home: "/h", packages: new Map(), depots: [], julias: [] }), ["/a/b.jl"]);
});

test("a folder with this computer's separators keeps them", () => {
  const windows: Layout = { ...LAYOUT, bundle: "C:\\work\\pi", script: "C:\\work\\pi\\main.jl" };
  assert.equal(candidates("/srv/work/pi/src/a.jl", windows)[0], "C:\\work\\pi\\src\\a.jl");
});
