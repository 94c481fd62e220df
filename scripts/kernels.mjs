/**
 * Compiles the kernels of assembly/ to one WebAssembly module, and writes it into
 * src/compute/kernels.generated.ts: as base64, so that Node, bundlers and pages need no file beside the code;
 * with the types of its functions; and with the source of a worker thread, which has no file either.
 * Plain JavaScript, because all else needs what it makes. The same sources give the same bytes.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import ts from "typescript";

const root = fileURLToPath(new URL("../", import.meta.url));
const output = process.argv[2] ?? join(root, "src/compute/kernels.generated.ts");

const folder = mkdtempSync(join(tmpdir(), "tokenscape-kernels-"));
try {
  const wasm = join(folder, "kernels.wasm");
  const { error, stderr } = await asc.main([
    join(root, "assembly/index.ts"),
    ...["--outFile", wasm, "--bindings", "raw"],
    ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--use", "abort="],
    ...["--enable", "simd", "--enable", "threads"],
    // vectors between kernels stay inside the module
    ...["--disableWarning", "112"],
    // a team's memory is made by the team, as large as its work needs; its first page is the threads' own
    ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"],
    ...["--memoryBase", "2048"],
  ]);
  if (error) throw new Error(`the kernels don't compile\n${stderr.toString()}`);
  process.stderr.write(stderr.toString());
  writeFileSync(output, generated(wasm));
} finally {
  rmSync(folder, { recursive: true });
}

function generated(wasm) {
  const types = readFileSync(wasm.replace(/wasm$/, "d.ts"), "utf8");
  const functions = Array.from(types.matchAll(/export function (\w+\(.*\): \w+);/g), (m) => m[1]);
  if (functions.length === 0) throw new Error("the compiler wrote no types of exported functions");
  return [
    "// made by scripts/kernels.mjs from assembly/ and worker.ts: change those",
    "/** The functions of the module. */",
    "export interface Kernels {",
    ...functions.map((signature) => `  ${signature};`),
    "}",
    "/** The module, in base64. */",
    `export const MODULE: string = ${JSON.stringify(readFileSync(wasm).toString("base64"))};`,
    "/** The script of a worker thread. */",
    `export const WORKER: string = ${JSON.stringify(workerScript())};`,
    "",
  ].join("\n");
}

/** worker.ts as a script without imports or exports, which runs in every kind of worker. */
function workerScript() {
  const source = readFileSync(join(root, "src/compute/worker.ts"), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const script = outputText.replace(/^export \{\};\s*$/m, "");
  if (/^\s*(?:import|export)\b/m.test(script)) throw new Error("worker.ts imports or exports");
  return script;
}
