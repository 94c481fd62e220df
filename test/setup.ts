import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { ensureChromium } from "./browser/chromium.ts";

const path = (below: string): string => new URL(`../${below}`, import.meta.url).pathname;

/** Runs once, before all tests. */
export function setup(): void {
  ensureKernels();
  ensureChromium();
}

/** The kernels are built, not kept: without them nothing could be imported. */
function ensureKernels(): void {
  const sources = readdirSync(path("assembly")).map((name) => path(`assembly/${name}`));
  sources.push(path("scripts/kernels.mjs"), path("src/compute/worker.ts"));
  const changed = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const built = changed(path("src/compute/kernels.generated.ts"));
  if (sources.every((source) => changed(source) < built)) return;
  execFileSync(process.execPath, [path("scripts/kernels.mjs")], { stdio: "inherit" });
}
