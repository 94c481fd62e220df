/**
 * Small vocabularies of every kind against what the reference libraries (tokenizers, sentencepiece,
 * tiktoken, transformers) make of them; how they were made is in the fixture's notes.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDisplay } from "../../src/model/display.ts";
import type { ModelFiles } from "../../src/model/files.ts";
import { createVocabulary, type Token } from "../../src/model/vocabulary.ts";
import { readTokens } from "../../src/model/vocabulary-files.ts";

type MarkedText = readonly [text: string, mark: string];

interface Case {
  /** Paths below the fixture's folder, or JSON, by the file's name in the model. */
  readonly files: Readonly<Record<string, string | object>>;
  readonly tokens?: readonly (string | null | MarkedText)[];
  readonly pieces?: readonly string[];
  readonly bytes?: readonly string[];
  readonly samples?: readonly { readonly text: string; readonly ids: readonly number[] }[];
  /** The tokenizer puts a blank before a text. */
  readonly leadingBlank?: boolean;
}

const folder = new URL("../fixtures/vocabularies/", import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL("golden.json", folder), "utf8")) as {
  cases: Record<string, Case>;
};

function modelFiles({ files }: Case): ModelFiles {
  return {
    name: "m",
    revision: null,
    fetched: null,
    open: async () => undefined,
    read: async (path) => {
      const file = new Map(Object.entries(files)).get(path);
      if (typeof file === "string") return readFileSync(new URL(file, folder));
      return file && new TextEncoder().encode(JSON.stringify(file));
    },
  };
}

async function tokensOf(golden: Case): Promise<Token[]> {
  const options = { label: (path: string) => path, config: undefined };
  const { table, note } = await readTokens(modelFiles(golden), options);
  expect(note).toBeUndefined();
  return [...createVocabulary(table!.end, table)];
}

const bytesOf = (tokens: readonly Token[], ids: readonly number[]) =>
  Buffer.concat(ids.map((id) => tokens[id]!.bytes)).toString("latin1");
const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

describe.each(Object.entries(cases))("%s", (_name, golden) => {
  test("each token stands for what the reference decodes", async () => {
    const tokens = await tokensOf(golden);
    const { tokens: expected, pieces, bytes } = golden;
    if (bytes !== undefined) {
      expect(tokens.map((token) => Buffer.from(token.bytes).toString("hex"))).toEqual(bytes);
    } else if (pieces !== undefined) {
      expect(tokens.map(({ text }) => text)).toEqual(pieces.map((p) => p.replaceAll("▁", " ")));
    } else {
      const marked = expected!.some((token) => Array.isArray(token));
      const ours = tokens.map((token) => (marked ? [token.text, markOf(token)] : token.text));
      expect(ours).toEqual(expected);
    }
  });

  test("displays tell tokens apart, and give the bytes back where there is no mark", async () => {
    const tokens = await tokensOf(golden);
    for (const token of tokens) {
      if (markOf(token) === "" && token.kind !== "padding")
        expect(parseDisplay(token.display)).toEqual(token.bytes);
    }
    const twins = tokens.filter(({ kind }) => kind === "normal").map(({ display }) => display);
    expect(new Set(twins).size).toBe(twins.length);
  });

  test("a text's tokens are the text's bytes", async () => {
    const tokens = await tokensOf(golden);
    for (const { text, ids } of golden.samples ?? []) {
      const blank = golden.leadingBlank === true ? " " : "";
      expect(bytesOf(tokens, ids)).toBe(latin1(blank + text));
    }
  });
});

/** The mark that a display shows beside the text. */
function markOf({ display, kind }: Token): string {
  if (kind !== "normal") return "";
  if (display.startsWith("##") && display.length > 2) return "##";
  return display.endsWith("</w>") && display.length > 4 ? "</w>" : "";
}

test("the fixture has every kind, and byte tokens of both kinds among them", async () => {
  expect(Object.keys(cases).length).toBeGreaterThanOrEqual(23);
  const fallback = await tokensOf(cases["bpe-byte-fallback"]!);
  expect(fallback.filter(({ kind }) => kind === "byte")).toHaveLength(256);
  const sentencePiece = await tokensOf(cases["sentencepiece-bpe"]!);
  expect(sentencePiece.filter(({ kind }) => kind === "byte")).toHaveLength(256);
  const samples = Object.values(cases).flatMap(({ samples = [] }) => samples);
  expect(samples.length).toBeGreaterThanOrEqual(15);
});
