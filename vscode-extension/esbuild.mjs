/** Builds the extension into one file; `--watch` again at every change, `--tests` the unit tests instead. */
import { build, context } from "esbuild";
import { readdirSync } from "node:fs";

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
};

if (process.argv.includes("--watch")) {
  await (await context(extension)).watch();
} else {
  await build(process.argv.includes("--tests") ? tests : extension);
}
