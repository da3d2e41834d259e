/** Builds the extension into one file and its webview pages beside it; `--watch` again at every change, `--tests` the unit tests instead. */
import { build, context } from "esbuild";
import { readdirSync } from "node:fs";
import { webviews } from "./esbuild.webviews.mjs";

const common = { bundle: true, platform: "node", target: "node20", sourcemap: "linked", logLevel: "warning" };
const extension = {
  ...common,
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  format: "cjs",
  external: ["vscode"],
  minify: !process.argv.includes("--watch"),
};
const tests = {
  ...common,
  entryPoints: readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`),
  outdir: "out/test",
  outExtension: { ".js": ".mjs" },
  format: "esm",
  external: ["@vscode/l10n", "@vscode/l10n-dev"],
  alias: { vscode: "./test/vscode.ts" },
};

if (process.argv.includes("--watch")) {
  await Promise.all([extension, webviews("out/webview", { minify: false })].map(async (part) => (await context(part)).watch()));
} else {
  await Promise.all((process.argv.includes("--tests") ? [tests] : [extension, webviews("out/webview")]).map((part) => build(part)));
}
