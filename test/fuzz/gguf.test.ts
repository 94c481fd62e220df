import { bufferSource } from "../../src/model/bytes/source.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { readGgufHeader } from "../../src/model/weights/gguf.ts";
import { BAD_FILES } from "../model/weights/gguf-bad.ts";
import { GGUF_SEEDS } from "../model/weights/gguf-seeds.ts";
import * as w from "../model/weights/write-gguf.ts";
import { fuzzParser } from "./fuzz-parser.ts";

/** Reads all that there is to read: header, tokens, a row. */
async function readAll(file: Uint8Array): Promise<void> {
  const files = {
    ...{ name: "m", revision: null, fetched: null },
    open: async () => bufferSource(file, "m/x.gguf"),
    read: async () => undefined,
  };
  await readGgufHeader(bufferSource(file, "m/x.gguf"), "m/x.gguf", { arrays: new Set(["a"]) });
  const model = await openFiles(files, { weights: "x.gguf" });
  for (const _ of model.vocabulary);
  await model.rows({ rows: [model.shape[0] - 1] });
}

fuzzParser({
  name: "gguf",
  file: "m/x.gguf",
  seeds: GGUF_SEEDS,
  malformed: BAD_FILES.map(([what, file, message, place]) => ({ what, file, message, place })),
  parse: readAll,
  tokens: [
    ...["GGUF", "general.alignment", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"],
    ...["token_embd.weight", "[PAD1]", "\\x", "\u0008\0\0\0", "\u0009\0\0\0"],
  ],
});

const PARTS = ["big-00001-of-00002.gguf", "big-00002-of-00002.gguf"] as const;
const split = (no: number, count: w.WrittenValue = w.u16(2)) =>
  [
    ["split.no", w.u16(no)],
    ["split.count", count],
  ] as const;
const first = (count?: w.WrittenValue): Uint8Array =>
  w.writeGguf({ metadata: [...split(0, count), ...w.vocabulary("llama", ["a", "b"])] });
const second = w.writeGguf({
  metadata: split(1),
  tensors: [["token_embd.weight", w.floats([2, 2], [1, 2, 3, 4])]],
});

fuzzParser({
  name: "gguf in parts",
  file: `m/${PARTS[0]}`,
  seeds: [first(), first(w.u32(2)), w.writeGguf({ metadata: split(0), tensors: [] })],
  tokens: ["split.count", "split.no", "\u0002\0", "\u000a\0\0\0"],
  malformed: [
    { what: "10,001 parts", file: first(w.u16(10_001)), place: 46, message: /gives 10001 parts/ },
    { what: "-1 parts", file: first(w.i16(-1)), place: 46, message: /gives -1 parts/ },
    { what: "half a part", file: first(w.f32(0.5)), place: 46, message: /gives 0.5 parts/ },
    { what: "2^64 - 1 parts", file: first(w.u64(-1)), place: 46, message: /gives a bigint parts/ },
    { what: "parts as text", file: first(w.text("2")), place: 46, message: /gives a string parts/ },
    { what: "parts as true", file: first(w.bool(1)), place: 46, message: /gives a boolean parts/ },
    {
      what: "a third part",
      file: first(w.u16(3)),
      place: 46,
      message: /big-00001-of-00003.*missing/,
    },
  ],
  parse: async (file) => {
    const parts = new Map<string, Uint8Array>([
      [PARTS[0], file],
      [PARTS[1], second],
    ]);
    const files = {
      ...{ name: "m", revision: null, fetched: null },
      open: async (path: string) => {
        const bytes = parts.get(path);
        return bytes && bufferSource(bytes, path);
      },
      read: async () => undefined,
    };
    const model = await openFiles(files, { weights: PARTS[0] });
    for (const _ of model.vocabulary);
    await model.rows({ rows: [model.shape[0] - 1] });
  },
});
