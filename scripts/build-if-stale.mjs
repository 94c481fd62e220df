/**
 * Builds `dist/` where it is missing or older than what it is made from. Folders count as well as files: their
 * times tell of what was removed.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const SOURCES = ["src", "assembly"];
const FILES = ["package-lock.json", "package.json", "tsconfig.build.json", "tsconfig.json"];

/** When a file was last written, in milliseconds; undefined where there is none. */
const written = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;

function isStale() {
  const built = written("dist/cli/main.js");
  if (built === undefined) return true;
  const below = SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((path) => join(folder, path)),
  );
  return [...SOURCES, ...FILES, "scripts/kernels.mjs", ...below].some(
    (path) => written(path) > built,
  );
}

if (isStale()) {
  const { status } = spawnSync("npm", ["run", "--silent", "build"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}
