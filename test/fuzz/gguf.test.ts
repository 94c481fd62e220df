import { readGgufHeader } from "../../src/model/gguf.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { bufferSource } from "../../src/model/source.ts";
import { BAD_FILES } from "../model/gguf-bad.ts";
import { GGUF_SEEDS } from "../model/gguf-seeds.ts";
import { fuzzParser } from "./fuzz-parser.ts";

/** Reads all that there is to read: header, tokens, a row. */
async function readAll(file: Uint8Array): Promise<void> {
  const files = {
    ...{ name: "x.gguf", revision: null, fetched: null },
    open: async () => bufferSource(file, "x.gguf"),
    read: async () => undefined,
  };
  await readGgufHeader(bufferSource(file, "x.gguf"), "x.gguf", { arrays: new Set(["a"]) });
  const model = await openFiles(files, { weights: "x.gguf" });
  for (const _ of model.vocabulary);
  await model.rows({ rows: [model.shape[0] - 1] });
}

fuzzParser({
  name: "gguf",
  file: "x.gguf",
  seeds: GGUF_SEEDS,
  malformed: BAD_FILES.map(([what, file, message, place]) => ({ what, file, message, place })),
  parse: readAll,
  tokens: [
    ...["GGUF", "general.alignment", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"],
    ...["token_embd.weight", "[PAD1]", "\\x", "\u0008\0\0\0", "\u0009\0\0\0"],
  ],
});
