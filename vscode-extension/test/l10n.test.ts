/** Every word for a person can be translated, what is exported is what the sources say, and a translation is whole. */
import * as l10n from "@vscode/l10n";
import { getL10nJson } from "@vscode/l10n-dev";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";

type Strings = Readonly<Record<string, string>>;

const ROOT = process.cwd(); // `npm test` runs here
const PACKAGE = readFileSync(path.join(ROOT, "package.json"), "utf8");
const LANGUAGES = readdirSync(path.join(ROOT, "l10n")).flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);

function strings(file: string): Strings {
  return JSON.parse(readFileSync(path.join(ROOT, file), "utf8")) as Strings;
}

test("l10n/bundle.l10n.json is what the sources say; `npm run l10n` makes it anew", async () => {
  const names = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const sources = names.map((name) => ({ extension: ".ts" as const, contents: readFileSync(path.join(ROOT, "src", name), "utf8") }));
  assert.deepEqual(Object.keys(strings("l10n/bundle.l10n.json")).sort(), Object.keys(await getL10nJson(sources)).sort());
});

test("package.nls.json has the strings of package.json and no others", () => {
  const used = new Set([...PACKAGE.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
  assert.deepEqual(Object.keys(strings("package.nls.json")).sort(), [...used].sort());
});

test("package.json contributes no word of its own", () => {
  const words = [...PACKAGE.matchAll(/"(?:title|shortTitle|label|description|markdownDescription|contents|altText|contextualTitle|displayName|accessibilityHelpContent)": "(?!%)([^"]+)"/g)];
  assert.deepEqual([...new Set(words.map(([, text]) => text))], ["JuliaHub"]);
});

test("there is a translation", () => {
  assert.deepEqual(LANGUAGES, ["de"]);
});

for (const language of LANGUAGES) {
  for (const [original, translated] of [["l10n/bundle.l10n.json", `l10n/bundle.l10n.${language}.json`], ["package.nls.json", `package.nls.${language}.json`]] as const) {
    test(`${translated} is whole: each string, with its placeholders, links and code`, () => {
      const [from, to] = [strings(original), strings(translated)];
      assert.deepEqual(Object.keys(to).sort(), Object.keys(from).sort());
      for (const [key, text] of Object.entries(to)) {
        assert.ok(text.trim() !== "", key);
        assert.deepEqual(marks(text), marks(from[key] ?? ""), key);
      }
    });
  }
}

test("German is found where the extension says its bundles are, and used", () => {
  const { l10n: folder } = JSON.parse(PACKAGE) as { readonly l10n: string };
  l10n.config({ fsPath: path.join(ROOT, folder, "bundle.l10n.de.json") });
  assert.equal(l10n.t("Run on JuliaHub"), "Auf JuliaHub ausführen");
  assert.equal(l10n.t("{0} of {1}", 3, 8), "3 von 8");
});

/** What a translation must not change. */
function marks(text: string): string[] {
  return (text.match(/\{\d+\}|\(command:[^)]*\)|`[^`]*`|\(keybinding:[^)]*\)|\$\([\w-]+\)/g) ?? []).sort();
}
