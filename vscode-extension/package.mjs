/**
 * Makes the VSIX for this platform: `npm run package`. It carries the Python side, laid into `bundled/` by `scripts/package_python.py`.
 * Environment: `PYTHON`, the Python that does so (`python3` on the PATH); `VSIX`, the file to write (`dist/juliahub-ls-TARGET.vsix`).
 */
import { createVSIX } from "@vscode/vsce";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const here = import.meta.dirname;
const root = path.dirname(here);
const python = process.env.PYTHON ?? (process.platform === "win32" ? "python" : "python3");

execFileSync(process.execPath, ["esbuild.mjs"], { cwd: here, stdio: "inherit" });
execFileSync(python, [path.join(root, "scripts", "package_python.py")], { cwd: root, stdio: "inherit" });
for (const name of ["LICENSE", "CHANGELOG.md"]) {
  if (existsSync(path.join(root, name))) copyFileSync(path.join(root, name), path.join(here, name));
}

const { target } = JSON.parse(readFileSync(path.join(here, "bundled", "manifest.json"), "utf8"));
const packagePath = path.resolve(process.env.VSIX ?? path.join(root, "dist", `juliahub-ls-${target}.vsix`));
mkdirSync(path.dirname(packagePath), { recursive: true });
await createVSIX({ cwd: here, target, packagePath, dependencies: false, allowMissingRepository: true, skipLicense: true });
console.log(`${path.relative(process.cwd(), packagePath)}  ${(statSync(packagePath).size / 1e6).toFixed(1)} MB`);
