/** The JSON files of a model, read as a whole model is opened. */

import { bufferSource } from "../../src/model/bytes/source.ts";
import type { ModelFiles } from "../../src/model/files.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { writeSafetensors } from "../model/weights/write-safetensors.ts";
import { fuzzParser, type MalformedFile } from "./fuzz-parser.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const bad = (text: string, place: number | string): MalformedFile => ({
  what: JSON.stringify(text.slice(0, 80)),
  file: encode(text),
  place,
});

/** A model in memory. */
function memory(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const all = new Map(Object.entries(files));
  return {
    name: "m",
    revision: null,
    fetched: null,
    open: async (path) => {
      const bytes = all.get(path);
      return bytes && bufferSource(bytes, `m/${path}`);
    },
    read: async (path) => all.get(path)?.slice(),
  };
}

/** Opens the model, reads its rows and looks at every token. */
async function openAll(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const model = await openFiles(memory(files));
  await model.rows({ rows: "all" });
  for (const token of model.vocabulary) if (token.display === "") throw new Error("no display");
}

const ONE = "model-00001-of-00002.safetensors";
const TWO = "model-00002-of-00002.safetensors";
const counting = (rows: number, cols: number) => ({
  shape: [rows, cols],
  data: Float32Array.from({ length: rows * cols }, (_, i) => i),
});
const SHARDS = {
  [ONE]: writeSafetensors({ "h.0.weight": counting(4, 4) }),
  [TWO]: writeSafetensors({ "h.1.weight": counting(2, 2), "wte.weight": counting(3, 2) }),
};
const WEIGHTS = writeSafetensors({ "wte.weight": counting(3, 2) });
const MAP = `"h.0.weight":"${ONE}","h.1.weight":"${TWO}"`;
const index = (map: string) => `{"metadata":{"total_size":104},"weight_map":${map}}`;
const manyShards = (count: number) =>
  `{${Array.from({ length: count }, (_, i) => `"t${i}":"${i}.safetensors"`).join(",")}}`;
const shard = (text: string, place = text) => bad(index(`{${MAP},"wte.weight":${text}}`), place);

fuzzParser({
  name: "model.safetensors.index.json",
  file: "m/model.safetensors.index.json",
  seeds: [
    encode(index(`{${MAP},"wte.weight":"${TWO}"}`)),
    encode(`\ufeff{"weight_map": {"__proto__": "${ONE}", "wte.weight": "${TWO}"}}`),
  ],
  malformed: [
    bad("", 0),
    bad("[]", "[]"),
    bad("12", "12"),
    bad("{}", "{}"),
    bad('{"weight_map":null}', "null"),
    bad('{"weight_map":[]}', "[]"),
    bad(`{"weight_map":"${TWO}"}`, `"${TWO}"`),
    bad(`{"Weight_Map":{"wte.weight":"${TWO}"}}`, "{"),
    bad(index(`{"wte.weight":"${TWO}","wte.weight":"${ONE}"}`), `"wte.weight":"${ONE}"`),
    ...[1, null, true, [TWO], { file: TWO }].map((value) => shard(JSON.stringify(value))),
    ...[
      "../x.safetensors",
      "..\\x.safetensors",
      "/etc/passwd",
      "/x.safetensors",
      "C:\\x.safetensors",
      "a/b.safetensors",
      "a/../../x.safetensors",
      "./x.safetensors",
      "..safetensors",
      ".safetensors",
      "..",
      "",
      "model.bin",
      "x.safetensors\0",
      "x.safetensors\n",
      "\0.safetensors",
      "x y.safetensors",
      "x.safetensors?y",
      "x%2f..safetensors",
      "https://x/y.safetensors",
      "x.SAFETENSORS",
      "\u202ex.safetensors",
    ].map((name) => shard(JSON.stringify(name))),
    shard('"gone.safetensors"'),
    shard(`"${ONE}"`),
    bad(index(`{${MAP},"wte.weight":"${TWO}",}`), "}}"),
    bad("<html></html>", 0),
    shard(`"${"x".repeat(255)}.safetensors"`),
    bad(index(manyShards(10_001)), '"10000.safetensors"'),
  ],
  parse: (file) => openAll({ ...SHARDS, "model.safetensors.index.json": file }),
  tokens: ['"wte.weight"', '"weight_map"', `"${ONE}"`, `"${TWO}"`, '"../x.safetensors"'],
});

fuzzParser({
  name: "config.json",
  file: "m/config.json",
  seeds: [
    encode(
      '{"model_type":"gpt2","architectures":["GPT2LMHeadModel"],"vocab_size":3,"n_embd":2,"tie_word_embeddings":true}',
    ),
    encode('{"text_config":{"vocab_size":2,"hidden_size":2,"model_type":"llama"},"vocab_size":1}'),
    encode("{}"),
  ],
  malformed: [
    bad("", 0),
    bad("[]", "[]"),
    bad(" null", "null"),
    bad('"gpt2"', '"gpt2"'),
    bad("3", "3"),
    bad('{"vocab_size":3,"vocab_size":4}', '"vocab_size":4'),
    bad('{"text_config":{"a":1,"a":2}}', '"a":2'),
    bad('{"vocab_size":1e999}', "1e999"),
    bad('{"vocab_size":NaN}', "NaN"),
    bad('{"vocab_size":Infinity}', "Infinity"),
    bad('{"vocab_size":3,}', "}"),
    bad("{vocab_size:3}", "vocab"),
    bad("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", 0),
    bad("<!doctype html>", 0),
  ],
  parse: (file) => openAll({ "model.safetensors": WEIGHTS, "config.json": file }),
  tokens: [
    '"vocab_size"',
    '"hidden_size"',
    '"text_config"',
    '"model_type":"bert"',
    '"n_embd":2',
    '"architectures"',
  ],
});

fuzzParser({
  name: "token_occurrences.json",
  file: "m/token_occurrences.json",
  seeds: [encode("[5,0,7]"), encode(" [1, 2, 9007199254740991]\n")],
  malformed: [
    bad("", 0),
    bad("{}", "{}"),
    bad("[]", "[]"),
    bad("[1,2]", "[1,2]"),
    bad("[1,2,3,4]", "[1,2,3,4]"),
    ...["-1", "0.5", "null", '"1"', "[1]", "{}", "9007199254740992", "1e300", "true"].map((count) =>
      bad(`[1, ${count},3]`, count),
    ),
    bad("[1,1e999,3]", "1e999"),
    bad("[1,2,3", ""),
  ],
  parse: (file) =>
    openAll({
      "model.safetensors": WEIGHTS,
      "tokenizer.json": encode('{"model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2},"merges":[]}}'),
      "token_occurrences.json": file,
    }),
});
