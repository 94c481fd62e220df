import { UnsupportedError } from "../../src/errors.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { readRows } from "../../src/model/values/row-reader.ts";
import { safetensorsPart } from "../../src/model/weights/weight-part.ts";
import { BAD_FILES } from "../model/weights/safetensors-bad.ts";
import { safetensorsFile, writeSafetensors } from "../model/weights/write-safetensors.ts";
import { fuzzParser } from "./fuzz-parser.ts";

/** The header's length as its braces say, if the file still begins like one. */
function repair(file: Uint8Array): Uint8Array {
  let end = 8;
  for (let depth = 0; end < file.length; end++) {
    if (file[end] === 0x7b) depth++;
    if (file[end] === 0x7d && --depth <= 0) break;
  }
  if (end >= file.length) return file;
  return safetensorsFile(file.slice(8, end + 1), file.slice(end + 1));
}

const zeros = (length: number): Uint8Array => new Uint8Array(length);

/** Reads the header, and of every matrix the first and the last row. */
async function readAll(file: Uint8Array): Promise<void> {
  const part = await safetensorsPart(bufferSource(file, "x.safetensors"), "x.safetensors");
  for (const { name, shape } of part.tensors.values()) {
    if (shape.length !== 2 || shape.includes(0) || shape[1]! > 1000) continue;
    const stored = await part.matrix(name).catch(unlessUnsupported);
    const last = Math.min(shape[0]!, 2 ** 31) - 1;
    if (stored !== undefined) await readRows(stored, Int32Array.from(new Set([0, last])));
  }
}

/** Other tensors of the file may still be read. */
function unlessUnsupported(error: unknown): undefined {
  if (!(error instanceof UnsupportedError)) throw error;
}

fuzzParser({
  name: "safetensors",
  file: "x.safetensors",
  seeds: [
    safetensorsFile("{}"),
    writeSafetensors({
      "wte.weight": { shape: [3, 2], data: new Float32Array(6) },
      "h.0.bias": { dtype: "BF16", shape: [4], data: zeros(8) },
      scalar: { dtype: "I64", shape: [], data: zeros(8) },
      none: { dtype: "F8_E4M3", shape: [0, 7], data: zeros(0) },
      "lm_head.weight": { dtype: "BF16", shape: [5, 3], data: zeros(30) },
      codes: { dtype: "F8_E5M2", shape: [4, 4], data: zeros(16) },
    }),
    safetensorsFile(
      ' {"__metadata__":{"format":"pt","é":""},"":{"shape":[4],"dtype":"F4","data_offsets":[1,3]},"__proto__":{"data_offsets":[0,1],"dtype":"U8","shape":[]}}  ',
      zeros(3),
    ),
  ],
  malformed: BAD_FILES.map(([kind, what, file, message, place]) => ({
    what: `${kind}: ${what}`,
    file,
    message,
    place,
  })),
  parse: readAll,
  repair,
  tokens: [
    '"dtype":"F32"',
    '"shape":[2]',
    '"data_offsets":[0,4]',
    '"__metadata__"',
    "18446744073709551616",
    "9007199254740991",
  ],
});
