import { readSafetensorsHeader } from "../../src/model/safetensors.ts";
import { bufferSource } from "../../src/model/source.ts";
import { BAD_FILES } from "../model/safetensors-bad.ts";
import { safetensorsFile, writeSafetensors } from "../model/write-safetensors.ts";
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
  parse: (file) => readSafetensorsHeader(bufferSource(file, "x.safetensors"), "x.safetensors"),
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
