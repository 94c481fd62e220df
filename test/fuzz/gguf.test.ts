import { openFiles } from "../../src/model/open-files.ts";
import { bufferSource } from "../../src/model/source.ts";
import { BAD_FILES } from "../model/gguf-bad.ts";
import * as w from "../model/write-gguf.ts";
import { fuzzParser } from "./fuzz-parser.ts";

/** Reads all that there is to read: header, tokens, the last row. */
async function readAll(file: Uint8Array): Promise<void> {
  const files = {
    ...{ name: "x", revision: null, fetched: null },
    open: async () => bufferSource(file, "x.gguf"),
    read: async () => undefined,
  };
  const model = await openFiles(files, { weights: "x.gguf" });
  const { vocabulary } = model;
  for (let id = 0; id < Math.min(vocabulary.size, 5000); id++) vocabulary.token(id);
  if (model.shape[1] <= 5000) await model.rows({ rows: [model.shape[0] - 1] });
}

fuzzParser({
  name: "gguf",
  file: "x.gguf",
  seeds: [1, 2, 3].map((version) =>
    w.writeGguf({
      version,
      metadata: [
        ["general.alignment", w.u32(32)],
        ["a.nested", w.array([w.array([w.text("x")]), w.array([w.text("y"), w.text("")])])],
        ...w.vocabulary(version === 1 ? "gpt2" : "rwkv", ["<s>", "\\xe2", "a"], [3, 1, 5]),
      ],
      tensors: [["token_embd.weight", { type: 8, shape: [3, 32], data: new Uint8Array(102) }]],
    }),
  ),
  // one of them is broken in arrays that are read only where there is a matrix
  malformed: BAD_FILES.filter(([what]) => what !== "an array of too many values to keep").map(
    ([what, file, message]) => ({ what, file, message }),
  ),
  parse: readAll,
  tokens: ["GGUF", "tokenizer.ggml.tokens", "general.alignment", "token_embd.weight"],
});
