/** How the kernels are built: the same bytes each time, of what every engine with SIMD and threads can run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MODULE, WORKER } from "../../src/compute/kernels.generated.ts";

const script = new URL("../../scripts/kernels.mjs", import.meta.url).pathname;

test("two builds in different folders give the same bytes, those in use", () => {
  const folder = mkdtempSync(join(tmpdir(), "tokenscape-test-"));
  try {
    const builds = ["a.ts", "b.ts"].map((name) => {
      const output = join(folder, name);
      execFileSync(process.execPath, [script, output], { cwd: folder });
      return readFileSync(output);
    });
    expect(builds[0]!.equals(builds[1]!)).toBe(true);
    expect(builds[0]!.includes(MODULE)).toBe(true);
    expect(builds[0]!.includes(JSON.stringify(WORKER))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the module asks for a shared memory and a way to sleep, and for nothing else", async () => {
  const bytes = Buffer.from(MODULE, "base64");
  const module = await WebAssembly.compile(bytes);
  expect(WebAssembly.Module.imports(module)).toEqual([
    { module: "threads", name: "sleep", kind: "function" },
    { module: "env", name: "memory", kind: "memory" },
  ]);
  // no globals: what a kernel keeps lies in the memory, where every thread sees it
  const kinds = new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(["function", "memory"]);
});
