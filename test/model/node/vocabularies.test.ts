/** Models whose vocabulary is of another kind each, opened as people do: a folder, and the hub. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchHubFiles } from "../../../src/model/hub/hub.ts";
import { openModel } from "../../../src/model/node/open.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { VOCABULARY_FILES } from "../../../src/model/vocabulary/vocabulary-files.ts";
import { smallFile } from "../hub/fake-files.ts";
import { type FakeModel, startFakeHub } from "../hub/fake-hub.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";

const fixtures = new URL("../../fixtures/vocabularies/", import.meta.url);

/** Where the files of each kind lie among the fixtures, how many tokens they have, and one of them. */
const KINDS: readonly (readonly [
  files: Readonly<Record<string, string>>,
  tokens: number,
  shown: string,
])[] = [
  [{ "tokenizer.json": "bpe-byte-level/tokenizer.json" }, 332, "<new·é>"],
  [
    {
      "vocab.json": "vocab-merges/vocab.json",
      "merges.txt": "vocab-merges/merges.txt",
      "added_tokens.json": "vocab-merges/added_tokens.json",
      "special_tokens_map.json": "vocab-merges/special_tokens_map.json",
    },
    332,
    "<new·é>",
  ],
  [{ "vocab.json": "clip/vocab.json", "merges.txt": "clip/merges.txt" }, 520, ").</w>"],
  [{ "vocab.txt": "vocab-txt/vocab.txt" }, 300, "##il"],
  [{ "tokenizer.model": "sentencepiece-bpe/tokenizer.model" }, 420, "\\xFF"],
  [{ "spiece.model": "sentencepiece-unigram/spiece.model" }, 220, "[CLS]"],
  [{ "qwen.tiktoken": "tiktoken/qwen.tiktoken" }, 320, "·g"],
  [{ "tekken.json": "tekken/tekken.json" }, 322, "[INST]"],
  [{ "rwkv_vocab_v20230424.txt": "rwkv/rwkv_vocab_v20230424.txt" }, 296, "漢字"],
];

const weights = (rows: number): Uint8Array =>
  writeSafetensors({
    "model.embed_tokens.weight": { shape: [rows, 1], data: new Float32Array(rows) },
  });

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tokenscape-vocabularies-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe.each(KINDS)("%j", (files, tokens, shown) => {
  const source = Object.keys(files)[0]!;
  const contents = async () =>
    Promise.all(
      Object.entries(files).map(
        async ([name, path]) => [name, await readFile(new URL(path, fixtures))] as const,
      ),
    );

  test("in a folder, with two rows more than tokens", async () => {
    const folder = join(home, source);
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of await contents()) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, "model.safetensors"), weights(tokens + 2));
    const { vocabulary, notes } = await openModel(folder);
    expect(notes).toEqual([]);
    expect(vocabulary.source).toBe(`${source}/${source}`);
    expect(vocabulary.find(shown)).toHaveLength(1);
    expect(vocabulary.token(tokens - 1).kind).not.toBe("padding");
    expect(vocabulary.token(tokens).display).toBe(`#${tokens}`);
    expect(vocabulary.token(tokens + 1).kind).toBe("padding");
  });

  test("on the hub: these files are asked for, and no other", async () => {
    const entries = [...(await contents()), ["model.safetensors", weights(tokens)] as const];
    const commit = "c".repeat(40);
    const model: FakeModel = {
      id: "org/model",
      revisions: new Map([["main", commit]]),
      commits: new Map([
        [commit, new Map(entries.map(([name, bytes]) => [name, smallFile(bytes)]))],
      ]),
    };
    const hub = await startFakeHub({ models: [model] });
    try {
      const { vocabulary, notes } = await openFiles(
        await fetchHubFiles("org/model", { endpoint: hub.url }),
      );
      expect(notes).toEqual([]);
      expect(vocabulary.find(shown)).toHaveLength(1);
      const asked = hub.requests.map(({ url }) => url.split("/resolve/")[1]?.split("/").at(-1));
      const read = [...Object.keys(files), "model.safetensors"];
      expect(new Set(asked.filter((name) => name !== undefined))).toEqual(new Set(read));
      expect(hub.requests.filter(({ status }) => status >= 400)).toEqual([]);
    } finally {
      await hub.close();
    }
  });
});

test("every kind of file is among them, or has the name of a kind that is", () => {
  const known = new Set(KINDS.flatMap(([files]) => Object.keys(files)));
  const others = VOCABULARY_FILES.filter((name) => !known.has(name));
  expect(
    others.every((name) => /\.model$|_base\.tiktoken$|^(tokenizer|hy)\.tiktoken$/.test(name)),
  ).toBe(true);
});
