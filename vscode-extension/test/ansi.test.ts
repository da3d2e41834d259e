import assert from "node:assert/strict";
import test from "node:test";
import { type Style, styledLines } from "../src/log/ansi";

const ESC = "\u001b[";

function texts(text: string): string[] {
  return styledLines(text).map((line) => line.text);
}

/** Each styled piece of the first line with its style. */
function styled(text: string): [string, Style][] {
  const [line] = styledLines(text);
  return line?.spans.map(({ start, end, style }) => [line.text.slice(start, end), style]) ?? [];
}

test("what a terminal would show in the end", () => {
  const cases: readonly [string, string[]][] = [
    ["plain", ["plain"]],
    ["", [""]],
    ["two\nlines", ["two", "lines"]],
    ["tab\tstays", ["tab\tstays"]],
    ["with\r\nboth", ["with", "both"]],
    ["10 %\r20 %\r100 %", ["100 %"]],
    ["long one\rshort", ["shortone"]],
    [`long one\r${ESC}Kshort`, ["short"]],
    ["ab\bc", ["ac"]],
    [`ab${ESC}3Cd`, ["ab   d"]],
    [`abc${ESC}2Dx`, ["axc"]],
    [`abc${ESC}1Gx`, ["xbc"]],
    [`one\ntwo${ESC}A${ESC}1GONE\n`, ["ONE", "two"]],
    [`one\n${ESC}1A${ESC}2Kagain`, ["again", ""]],
    [`one\ntwo\n${ESC}2F${ESC}Jnew`, ["new"]],
    [`abc${ESC}1K`, ["   "]],
    [`${ESC}2K${ESC}?25h`, []],
    [`${ESC}31m`, []],
    ["\u001b]0;title\u0007text", ["text"]],
    ["\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\", ["link"]],
    ["\u001b(Btext\u0007", ["text"]],
    ["half an escape \u001b[3", ["half an escape 3"]],
    [`${ESC}999999999Cfar`, [`${" ".repeat(10_000)}far`]],
    ["𝛑\rx", ["x"]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(texts(text), expected, JSON.stringify(text));
});

test("colours by name, of the 256 and of all", () => {
  const cases: readonly [string, Style][] = [
    ["31", { color: "terminal.ansiRed" }],
    ["1;32", { bold: true, color: "terminal.ansiGreen" }],
    ["90", { color: "terminal.ansiBrightBlack" }],
    ["97;104", { color: "terminal.ansiBrightWhite", background: "terminal.ansiBrightBlue" }],
    ["43", { background: "terminal.ansiYellow" }],
    ["38;5;1", { color: "terminal.ansiRed" }],
    ["38;5;9", { color: "terminal.ansiBrightRed" }],
    ["38;5;16", { color: "#000000" }],
    ["38;5;208", { color: "#ff8700" }],
    ["48;5;255", { background: "#eeeeee" }],
    ["38;2;1;2;255", { color: "#0102ff" }],
    ["48;2;255;0;0;4", { background: "#ff0000", underline: true }],
    ["2;3;7;9", { dim: true, italic: true, inverse: true, strike: true }],
    ["31;1;39", { bold: true }],
    ["1;22;3", { italic: true }],
  ];
  for (const [codes, style] of cases) assert.deepEqual(styled(`${ESC}${codes}mx${ESC}0m`), [["x", style]], codes);
  for (const codes of ["", "0", "31;0", "38;5;999", "38;2;1;2", "1;22", "77"]) assert.deepEqual(styled(`${ESC}${codes}mx`), [], codes);
});

test("a style lasts until it is changed, over lines too", () => {
  const lines = styledLines(`a${ESC}31mb\nc${ESC}4md${ESC}me`);
  assert.deepEqual(
    lines.map(({ text, spans }) => spans.map(({ start, end, style }) => [text.slice(start, end), style])),
    [[["b", { color: "terminal.ansiRed" }]], [["c", { color: "terminal.ansiRed" }], ["d", { color: "terminal.ansiRed", underline: true }]]],
  );
});

test("whatever comes, spans lie in their lines, in order", () => {
  const pieces = ["ab", "\r", "\n", "\b", `${ESC}A`, `${ESC}5C`, `${ESC}3D`, `${ESC}31m`, `${ESC}0m`, `${ESC}K`, `${ESC}1J`, `${ESC}2J`, "π", "🙂", "\u001b", "["];
  for (let seed = 0; seed < 2_000; seed += 1) {
    let state = seed * 7919 + 1;
    const text = Array.from({ length: 12 }, () => pieces[(state = (state * 48271) % 2147483647) % pieces.length] ?? "").join("");
    for (const { text: line, spans } of styledLines(text)) {
      assert.doesNotMatch(line, /[\n\r]/);
      let at = 0;
      for (const { start, end } of spans) {
        assert.ok(start >= at && end > start && end <= line.length, JSON.stringify(text));
        at = end;
      }
    }
  }
});
