/** How webview pages are built: each `webview/NAME/main.ts`, with the style it imports, into `NAME.js` and `NAME.css`. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const here = import.meta.dirname;

/** Options for esbuild that write the pages into `outdir`. */
export function webviews(outdir, { minify = true } = {}) {
  const pages = readdirSync(path.join(here, "webview")).filter((name) => existsSync(path.join(here, "webview", name, "main.ts")));
  return {
    absWorkingDir: here,
    bundle: true,
    platform: "browser",
    target: "chrome122",
    format: "esm",
    logLevel: "warning",
    minify,
    sourcemap: minify ? false : "inline",
    entryPoints: pages.map((name) => ({ in: `webview/${name}/main.ts`, out: name })),
    outdir,
    loader: { ".ttf": "file" },
    assetNames: "[name]",
    tsconfig: path.join(here, "webview", "tsconfig.json"),
  };
}
