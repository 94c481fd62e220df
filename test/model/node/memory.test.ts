/** What reading rows takes in memory, by the peak that the operating system counts for a process of its own. */
import { execFile } from "node:child_process";
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { useProgram } from "../../cli/program.ts";
import { safetensorsFile } from "../write-safetensors.ts";

const program = useProgram();
const run = promisify(execFile);

/** A file of one bfloat16 matrix, a hole but for its last value, 1. */
function sparseModel(name: string, shape: readonly [number, number]): string {
  const size = shape[0] * shape[1] * 2;
  const entry = { dtype: "BF16", shape, data_offsets: [0, size] };
  const header = safetensorsFile(JSON.stringify({ "model.embed_tokens.weight": entry }));
  const path = join(program.folder, `${name}.safetensors`);
  const file = openSync(path, "w");
  writeSync(file, header);
  ftruncateSync(file, header.length + size);
  writeSync(file, Uint8Array.of(0x80, 0x3f), 0, 2, header.length + size - 2);
  closeSync(file);
  return path;
}

/** Reads rows in a process of its own: the last value read, and the process's peak of resident memory in bytes. */
async function peakOf(path: string, rows: string): Promise<{ last: number; peak: number }> {
  const script = join(program.folder, "read.mjs");
  const library = join(dirname(program.main), "../index.js");
  writeFileSync(
    script,
    `import { openModel } from ${JSON.stringify(library)};
     const [path, rows] = process.argv.slice(2);
     const X = await (await openModel(path)).rows({ rows });
     const peak = process.resourceUsage().maxRSS * 1024;
     console.log(JSON.stringify({ last: X.data.at(-1), peak }));`,
  );
  const { stdout } = await run(process.execPath, [script, path, rows]);
  return JSON.parse(stdout);
}

describe("the peak of memory", () => {
  it("of 100 rows of a file of 5 GB is under 150 MB", async () => {
    const path = sparseModel("large", [262_144, 10_240]);
    const scattered = Array.from({ length: 100 }, (_, i) => 262_143 - 2600 * i);
    for (const rows of ["262044:262144", scattered.toReversed().join(",")]) {
      const { last, peak } = await peakOf(path, rows);
      expect(last).toBe(1);
      expect(peak).toBeLessThan(150e6);
    }
  });

  it("of a whole matrix is its float32 values and some pieces, not its bytes as well", async () => {
    const shape = [49_152, 2560] as const;
    const { last, peak } = await peakOf(sparseModel("whole", shape), "all");
    expect(last).toBe(1);
    // the bytes would be 252 MB more
    expect(peak).toBeLessThan(shape[0] * shape[1] * 4 + 150e6);
  });
});
