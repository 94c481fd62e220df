/** Where the tools are, which of them can be run here, and by what command. */
import { execFileSync } from "node:child_process";
import { findChromium } from "../test/browser/chromium.ts";
import type { Tool } from "./job.ts";
import { peerVersion } from "./peers/peer-package.ts";
import { inRoot } from "./root.ts";
import type { Task } from "./task.ts";

const PYTHON = process.env.TOKENSCAPE_PYTHON ?? "python3";

/** How a tool is started; scripts are named from the checkout's folder. */
const SCRIPTS: Record<Tool, readonly string[]> = {
  tokenscape: [process.execPath, "build/bench/tokenscape.js"],
  "scikit-learn": [PYTHON, "bench/peers/scikit_learn.py"],
  openTSNE: [PYTHON, "bench/peers/open_tsne.py"],
  "@saehrimnir/druidjs": [process.execPath, "build/bench/peers/druidjs.js"],
  "wasm-bhtsne": [process.execPath, "build/bench/peers/wasm-bhtsne.js"],
  "tsne-js": [process.execPath, "build/bench/peers/tsne-js.js"],
  "density-clustering": [process.execPath, "build/bench/peers/density-clustering.js"],
};

/** The command that does a task. */
export function taskCommand(tool: Tool, task: Task): string[] {
  const [program, script] = SCRIPTS[tool] as [string, string];
  return [program, inRoot(script), JSON.stringify(task)];
}

/** The command of the whole road, as people run it. */
export function roadCommand({
  input,
  output,
  perplexity,
  iterations,
  seed,
  threads,
}: Task): string[] {
  const options = { perplexity, iterations, seed, threads, out: output };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [process.execPath, inRoot("dist/cli/main.js"), input, "--all", "--quiet", ...flags];
}

/** Libraries under Python take the number of their threads from the environment. */
export function environment(threads: number): NodeJS.ProcessEnv {
  const count = String(threads);
  return { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
}

/** Why a tool can't be run here and what to do about it; undefined where it can. */
export function missing(tool: Tool): string | undefined {
  if (tool === "tokenscape") return undefined;
  if (tool === "scikit-learn" || tool === "openTSNE") {
    const name = tool === "openTSNE" ? "openTSNE" : "sklearn";
    if (canImport(name)) return undefined;
    return `${PYTHON} can't import ${name}: name a Python that can in TOKENSCAPE_PYTHON`;
  }
  if (peerVersion(tool) === undefined) return "not installed: npm ci --prefix bench";
  if (tool === "wasm-bhtsne" && findChromium() === undefined) {
    return "needs a Chromium: name one in TOKENSCAPE_CHROMIUM";
  }
  return undefined;
}

function canImport(name: string): boolean {
  try {
    execFileSync(PYTHON, ["-c", `import ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
