/**
 * Makes a VSIX for each platform named in `TARGETS`, by default this one: `npm run package`. Each carries the Python side, laid out by
 * `scripts/package_python.py`. What a VSIX will hold is put together in `bundled/TARGET/`, where the Python libraries stay for the next time.
 * Environment: `TARGETS`, names as VS Code has them, or `all`; `PYTHON`, the Python that lays out its side (`python3` on the PATH);
 * `VSIX`, the file to write when there is one target (`dist/juliahub-ls-TARGET.vsix`).
 */
import { createVSIX, listFiles, PackageManager } from "@vscode/vsce";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];

const here = import.meta.dirname;
const root = path.dirname(here);
const python = process.env.PYTHON ?? (process.platform === "win32" ? "python" : "python3");
const { repository } = JSON.parse(readFileSync(path.join(here, "package.json"), "utf8"));

const OPTIONS = {
  dependencies: false,
  skipLicense: true,
  allowMissingRepository: true,
  rewriteRelativeLinks: repository !== undefined, // where it is not known, the page's links stay as they are
  // Looking for secrets would take nine tenths of the time, and what goes in is either named in .vscodeignore or a library pinned by its hash.
  allowPackageAllSecrets: true,
  allowPackageEnvFile: true,
};

const targets = chosen();
execFileSync(process.execPath, ["esbuild.mjs"], { cwd: here, stdio: "inherit" });
for (const name of ["LICENSE", "CHANGELOG.md"]) {
  if (existsSync(path.join(root, name))) copyFileSync(path.join(root, name), path.join(here, name));
}
const files = await listFiles({ cwd: here, packageManager: PackageManager.None });
for (const target of targets) await makeVsix(target);

function chosen() {
  const named = (process.env.TARGETS ?? "").split(/[\s,]+/).filter((name) => name !== "");
  const unknown = named.filter((name) => name !== "all" && !PLATFORMS.includes(name));
  if (unknown.length > 0) throw new Error(`There is no platform ${unknown.join(", ")}. There are: ${PLATFORMS.join(", ")}.`);
  if (named.includes("all")) return PLATFORMS;
  return named.length > 0 ? named : [`${process.platform}-${process.arch}`];
}

async function makeVsix(target) {
  const stage = path.join(here, "bundled", target);
  const packagePath = path.resolve((targets.length === 1 && process.env.VSIX) || path.join(root, "dist", `juliahub-ls-${target}.vsix`));
  layOut(stage, target);
  mkdirSync(path.dirname(packagePath), { recursive: true });
  await createVSIX({ cwd: stage, target, packagePath, ...OPTIONS });
  run("check_vsix.py", packagePath);
  console.log(`${path.relative(process.cwd(), packagePath)}  ${(statSync(packagePath).size / 1e6).toFixed(1)} MB`);
}

/** All that the VSIX holds; of what was there before only the libraries are kept, whose script knows whether they still serve. */
function layOut(stage, target) {
  mkdirSync(stage, { recursive: true });
  for (const name of readdirSync(stage)) {
    if (name !== "bundled") rmSync(path.join(stage, name), { recursive: true });
  }
  for (const file of files) {
    mkdirSync(path.dirname(path.join(stage, file)), { recursive: true });
    copyFileSync(path.join(here, file), path.join(stage, file));
  }
  writeFileSync(path.join(stage, ".vscodeignore"), "# All that is here goes in, but for what a Python that ran from here has left.\n**/__pycache__/**\n");
  if (repository === undefined) withoutPictures(path.join(stage, "README.md"));
  run("package_python.py", "--target", target, "--output", path.join(stage, "bundled"));
}

/** Pictures of the repository cannot be seen from an installation when nobody knows where the repository is. */
function withoutPictures(page) {
  writeFileSync(page, readFileSync(page, "utf8").replace(/^!\[.*\]\(\.\..*\)\n\n/gm, ""));
}

/** A Python program of `scripts/`, which says itself what is wrong. */
function run(script, ...args) {
  const { status } = spawnSync(python, [path.join(root, "scripts", script), ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
