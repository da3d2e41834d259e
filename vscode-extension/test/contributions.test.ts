/** What `package.json` promises: each setting is used and described, each empty view says one thing, each link leads somewhere. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";

interface Contributions {
  readonly commands: readonly { readonly command: string }[];
  readonly views: { readonly juliahub: readonly { readonly id: string; readonly type?: string }[] };
  readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when: string }[];
  readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string; readonly media: { readonly svg: string }; readonly completionEvents: readonly string[] }[] }[];
  readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly description?: string; readonly markdownDescription?: string }>> };
}

const ROOT = process.cwd(); // `npm test` runs here
const { contributes } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { readonly contributes: Contributions };
const NAMES = texts(JSON.parse(readFileSync(path.join(ROOT, "package.nls.json"), "utf8")));
const SOURCES = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(path.join(ROOT, "src", name), "utf8"))
  .join("\n");
const SETTINGS = readFileSync(path.join(ROOT, "..", "docs", "settings.md"), "utf8");

function texts(value: unknown): Readonly<Record<string, string>> {
  return value as Record<string, string>;
}

/** The English text of a contributed string. */
function english(text: string): string {
  return text.replace(/^%(.+)%$/, (_whole, key: string) => NAMES[key] ?? "");
}

/** The part of VS Code's when-clauses that the welcome texts use. */
function holds(when: string, context: Readonly<Record<string, unknown>>): boolean {
  return when.split("&&").every((part) => {
    const [, not, key = "", operator, value] = /^\s*(!?)([\w.]+)\s*(?:(==|!=)\s*(\S+))?\s*$/.exec(part) ?? assert.fail(when);
    if (operator === undefined) return Boolean(context[key]) === (not === "");
    return (String(context[key]) === value) === (operator === "==");
  });
}

/** By its name, or by that of its group and its own. */
function isRead(name: string): boolean {
  const [group, own] = name.split(/\.(?=\w+$)/);
  return SOURCES.includes(`"${name}"`) || SOURCES.includes(`"juliahub.${name}"`) || (own !== undefined && SOURCES.includes(`${group ?? ""}.\${`) && SOURCES.includes(`"${own}"`));
}

const HEALTHY = { isWorkspaceTrusted: true, "juliahub.state": "running", "juliahub.hasProject": true, "juliahub.bundle.about": "nothing", workspaceFolderCount: 1 };
const EMPTY: Readonly<Record<string, { readonly context: Readonly<Record<string, unknown>>; readonly says: Readonly<Record<string, string>> }>> = {
  "an untrusted workspace": { context: { ...HEALTHY, isWorkspaceTrusted: false, "juliahub.state": "idle" }, says: { jobs: "not trusted", bundle: "is trusted", servers: "is trusted" } },
  "a daemon that cannot run": { context: { ...HEALTHY, "juliahub.state": "failed" }, says: { jobs: "not running", bundle: "not running", servers: "not running" } },
  "no folder": { context: { ...HEALTHY, workspaceFolderCount: 0, "juliahub.hasProject": false }, says: { jobs: "Open the folder", bundle: "Open the folder" } },
  "no Julia project": { context: { ...HEALTHY, "juliahub.hasProject": false }, says: { jobs: "no Julia project", bundle: "Open a Julia script" } },
  "no environment": { context: { ...HEALTHY, "juliahub.bundle.about": "script" }, says: { jobs: "No jobs yet", bundle: "no environment" } },
  "signed out": { context: { ...HEALTHY, "juliahub.signedOut": true }, says: { jobs: "signed out", bundle: "Open a Julia script" } },
  "no jobs": { context: HEALTHY, says: { jobs: "No jobs yet", bundle: "Open a Julia script" } },
  "a filter that nothing passes": { context: { ...HEALTHY, "juliahub.jobs.filtered": true }, says: { jobs: "No job passes", bundle: "Open a Julia script" } },
};

test("what runs a script is offered where there is one to run: not beside what Git keeps of it", () => {
  const whens = [...JSON.stringify(contributes).matchAll(/"when":"([^"]*== julia\b[^"]*)"/g)].map(([, when = ""]) => when);
  assert.ok(whens.length > 10);
  assert.deepEqual(whens.filter((when) => !when.includes("resourceScheme =~ /^(file|untitled|vscode-remote)$/")), []);
});

for (const [state, { context, says }] of Object.entries(EMPTY)) {
  test(`${state}: each view says one thing`, () => {
    for (const [view, words] of Object.entries(says)) {
      const said = contributes.viewsWelcome.filter((welcome) => welcome.view === `juliahub.${view}` && holds(welcome.when, context));
      assert.equal(said.length, 1, `${view}: ${said.map(({ when }) => when).join(" | ")}`);
      assert.ok(english(said[0]?.contents ?? "").includes(words), said[0]?.contents);
    }
  });
}

test("every view that is a list has welcome texts", () => {
  for (const { id } of contributes.views.juliahub.filter(({ type }) => type !== "webview")) {
    assert.ok(contributes.viewsWelcome.some(({ view }) => view === id), id);
  }
});

test("every link in a text leads to a command, every picture is there", () => {
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const described = [...contributes.viewsWelcome.map(({ contents }) => contents), ...steps.map(({ description }) => description)].map(english);
  const linked = described.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command));
  const awaited = steps.flatMap(({ completionEvents }) => completionEvents.filter((event) => event.startsWith("onCommand:")).map((event) => event.slice(10)));
  const ours = new Set(contributes.commands.map(({ command }) => command));
  assert.ok(linked.length > 10);
  for (const command of [...linked, ...awaited]) assert.ok(command?.startsWith("workbench.") === true || ours.has(command ?? ""), command);
  for (const { media } of steps) assert.ok(existsSync(path.join(ROOT, media.svg)), media.svg);
});

test("the walkthrough takes its colours from the theme", () => {
  for (const { media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    assert.doesNotMatch(readFileSync(path.join(ROOT, media.svg), "utf8"), /(?:fill|stroke)="(?!var\(|none)/, media.svg);
  }
});

for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
  test(`${name} is described, documented with its default, and read`, () => {
    assert.ok(english(setting.markdownDescription ?? setting.description ?? "").length > 20);
    const row = SETTINGS.split("\n").find((line) => line.startsWith(`| \`${name}\``));
    assert.ok(row !== undefined, "docs/settings.md");
    assert.ok(row.includes(`\`${JSON.stringify(setting.default)}\``), row);
    assert.ok(isRead(name.replace(/^juliahub\./, "")), "src");
  });
}

test("the documentation tells of no setting that is not there", () => {
  const told = [...SETTINGS.matchAll(/^\| `(juliahub\.[\w.]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(told.sort(), Object.keys(contributes.configuration.properties).sort());
});

test("the extension itself reaches no network, and counts nobody", () => {
  assert.doesNotMatch(SOURCES, /(?<!async )(?<![.\w])fetch\(|"(?:node:)?(?:https?|net|tls|dgram)"|new WebSocket|telemetry/i);
});
