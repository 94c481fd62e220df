/**
 * Small vocabularies of every kind against what the reference libraries (tokenizers, sentencepiece,
 * tiktoken, transformers) make of them; how they were made is in the fixture's notes.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDisplay } from "../../../src/model/bytes/display.ts";
import type { ModelFiles } from "../../../src/model/files.ts";
import { createVocabulary, type Token } from "../../../src/model/vocabulary/vocabulary.ts";
import { readTokens } from "../../../src/model/vocabulary/vocabulary-files.ts";

type MarkedText = readonly [text: string, mark: string];

interface Case {
  /** Paths below the fixture's folder, or JSON, by the file's name in the model. */
  readonly files: Readonly<Record<string, string | object>>;
  readonly tokens?: readonly (string | null | MarkedText)[];
  readonly pieces?: readonly string[];
  readonly bytes?: readonly string[];
  readonly samples: readonly { readonly text: string; readonly ids: readonly number[] }[];
  /** What each token is, by the reference: s special, b byte, a added, p none, n normal. */
  readonly kinds: string;
  /** What tells words apart: a mark, or (" ") every token is a word. Without it, blanks are in the tokens. */
  readonly words?: "##" | "</w>" | "@@" | " ";
  /** The tokenizer puts a blank before a text. */
  readonly leadingBlank?: boolean;
}

const folder = new URL("../../fixtures/vocabularies/", import.meta.url);
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

/** The bytes of tokens in a row, with a blank wherever a mark or its lack says that a word ends. */
function bytesOf(tokens: readonly Token[], ids: readonly number[], words: Case["words"]): string {
  const parts = ids.map((id) => {
    const bytes = Buffer.from(tokens[id]!.bytes).toString("latin1");
    const mark = markOf(tokens[id]!);
    if (words === "##") return mark === "##" ? bytes : ` ${bytes}`;
    if (words === "</w>") return mark === "</w>" ? `${bytes} ` : bytes;
    if (words === undefined) return bytes;
    return mark === "@@" ? bytes : `${bytes} `;
  });
  const text = parts.join("");
  return words === undefined ? text : text.replace(words === "##" ? /^ / : / $/, "");
}
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

  test("each token is what the reference says", async () => {
    const kinds = (await tokensOf(golden)).map(({ kind }) => (kind === "padding" ? "p" : kind[0]!));
    expect(kinds.join("")).toBe(golden.kinds);
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
    for (const { text, ids } of golden.samples) {
      const blank = golden.leadingBlank === true ? " " : "";
      expect(bytesOf(tokens, ids, golden.words)).toBe(latin1(blank + text));
    }
  });
});

/** The mark that a display shows beside the text. */
function markOf({ display, kind }: Token): string {
  if (kind !== "normal") return "";
  if (display.startsWith("##") && display.length > 2) return "##";
  const mark = ["</w>", "@@"].find((end) => display.endsWith(end) && display.length > end.length);
  return mark ?? "";
}

test("the fixture has every kind, and byte tokens of both kinds among them", async () => {
  expect(Object.keys(cases).length).toBeGreaterThanOrEqual(34);
  const fallback = await tokensOf(cases["bpe-byte-fallback"]!);
  expect(fallback.filter(({ kind }) => kind === "byte")).toHaveLength(256);
  const sentencePiece = await tokensOf(cases["sentencepiece-bpe"]!);
  expect(sentencePiece.filter(({ kind }) => kind === "byte")).toHaveLength(256);
  for (const { samples, kinds } of Object.values(cases)) {
    expect(samples.length).toBeGreaterThan(0);
    expect(kinds.length).toBeGreaterThan(50);
  }
});
