/** Each setting arrives where it decides something: in the helper program's start, in its options, or in VS Code at once. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { configFrom, initializationOptions, type Read, RESTARTING } from "../src/settings";

const CHOSEN: Readonly<Record<string, unknown>> = {
  "juliahub.pythonPath": "/my/python",
  "juliahub.daemonCommand": ["/my/daemon", "--quiet"],
  "juliahub.server": "hub.example.org",
  "juliahub.downloadDirectory": "out",
  "juliahub.bundle.gitignore": true,
  "juliahub.scanLimit": 5000,
  "julia.packageServer": "https://pkg.example.org",
};

/** Settings that take effect in VS Code alone, the next time they are looked at. */
const AT_ONCE = ["juliahub.codeLens", "juliahub.notifications.ended", "juliahub.notifications.deadline", "juliahub.notifications.waiting"];

function reading(settings: Readonly<Record<string, unknown>>): Read {
  return <T>(name: string, otherwise: T) => (name in settings ? (settings[name] as T) : otherwise);
}

test("what is chosen reaches the helper program", () => {
  const config = configFrom(reading(CHOSEN));
  assert.equal(config.pythonPath, "/my/python");
  assert.deepEqual(config.daemonCommand, ["/my/daemon", "--quiet"]);
  assert.deepEqual(initializationOptions(config), {
    server: "hub.example.org",
    packageServer: "https://pkg.example.org",
    downloadDirectory: "out",
    gitignore: true,
    scanLimit: 5000,
  });
});

test("where nothing is chosen its defaults hold", () => {
  assert.deepEqual(initializationOptions(configFrom(reading({}))), { gitignore: false });
});

test("every setting either starts it anew when it changes or takes effect at once", () => {
  const { contributes } = JSON.parse(readFileSync(path.join(process.cwd(), "package.json"), "utf8")) as {
    readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, unknown>> } };
  };
  assert.deepEqual([...RESTARTING, ...AT_ONCE].sort(), [...Object.keys(contributes.configuration.properties), "julia.packageServer"].sort());
  assert.deepEqual([...RESTARTING].sort(), Object.keys(CHOSEN).sort());
});
