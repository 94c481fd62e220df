/** What reading rows takes in memory, by the peak that the operating system counts for a process of its own. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { useProgram } from "../../cli/program.ts";
import * as large from "./large-files.ts";

const program = useProgram();
const run = promisify(execFile);

/** Reads rows in a process of its own: the last value of each selection, and the process's peak of resident memory in bytes. */
async function peakOf(
  path: string,
  ...selections: readonly string[]
): Promise<{ last: number[]; peak: number }> {
  const script = join(program.folder, "read.mjs");
  const library = join(dirname(program.main), "../index.js");
  writeFileSync(
    script,
    `import { existsSync, readFileSync } from "node:fs";
     import { openModel } from ${JSON.stringify(library)};
     const [path, ...selections] = process.argv.slice(2);
     const model = await openModel(path);
     const last = [];
     for (const rows of selections) last.push((await model.rows({ rows })).data.at(-1));
     // on Linux maxRSS counts what the parent held when it started this process
     const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
     const kilobytes = /VmHWM:\\s*(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
     const peak = Number(kilobytes) * 1024;
     console.log(JSON.stringify({ last, peak }));`,
  );
  const { stdout } = await run(process.execPath, [script, path, ...selections]);
  return JSON.parse(stdout);
}

const ROWS = 262_144;

/** The last 100 rows, and 100 that lie far apart. */
function selections(rows: number): [string, string] {
  const scattered = Array.from({ length: 100 }, (_, i) => rows - 1 - 2600 * (99 - i));
  return [`${rows - 100}:${rows}`, scattered.join(",")];
}

describe("the peak of memory", () => {
  it.each<[string, large.Shape, (shape: large.Shape) => large.Sparse]>([
    ["x.safetensors", [ROWS, 10_240], large.largeSafetensors],
    ["f16.gguf", [ROWS, 10_240], (shape) => large.largeGguf(shape, "F16")],
    ["q8_0.gguf", [ROWS, 19_456], (shape) => large.largeGguf(shape, "Q8_0")],
    ["x.npy", [ROWS, 10_240], large.largeNpy],
    ["fortran.npy", [40 * ROWS, 256], (shape) => large.largeNpy(shape, true)],
    ["x.npz", [ROWS, 10_240], large.largeNpz],
    ["x.pt", [ROWS, 10_240], large.largeCheckpoint],
  ])(
    "of 100 rows of 5 GB, side by side or scattered, is under 150 MB: %s",
    async (name, shape, make) => {
      const file = make(shape);
      expect(file.byteLength).toBeGreaterThan(5e9);
      const path = large.writeSparse(join(program.folder, name), file);
      const { last, peak } = await peakOf(path, ...selections(shape[0]));
      expect(last).toEqual([1, 1]);
      expect(peak).toBeLessThan(150e6);
    },
  );

  const WHOLE = [49_152, 2560] as const;
  it.each([
    ["whole.safetensors", large.largeSafetensors(WHOLE)],
    ["whole.gguf", large.largeGguf(WHOLE, "Q8_0")],
    ["whole.pt", large.largeCheckpoint(WHOLE)],
  ])("of a whole matrix is its float32 values and some pieces: %s", async (name, file) => {
    const path = large.writeSparse(join(program.folder, name), file);
    const { last, peak } = await peakOf(path, "all");
    expect(last).toEqual([1]);
    // the bytes of bfloat16 would be 252 MB more
    expect(peak).toBeLessThan(WHOLE[0] * WHOLE[1] * 4 + 150e6);
  });
});
