import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { beforeAll, describe, expect, test } from "vitest";
import { parseDisplay } from "../../../src/model/bytes/display.ts";
import { readTokenizerJson } from "../../../src/model/vocabulary/tokenizer-json.ts";
import { readVocabJson } from "../../../src/model/vocabulary/vocab-json.ts";
import { createVocabulary, type Token } from "../../../src/model/vocabulary/vocabulary.ts";

/** Real vocabularies, where they are present; tokenizer-json.test.ts covers the same code without. */
const models = join(import.meta.dirname, "../../../../shared/data/models");

/** One token decoded by Hugging Face's own tokenizer, after another one that it can't run together with. */
function decoder(folder: string): (ids: number[]) => string {
  const json = JSON.parse(readFileSync(join(models, folder, "tokenizer.json"), "utf8"));
  const tokenizer = new Tokenizer(json, {});
  return (ids) =>
    tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
}

describe.skipIf(!existsSync(join(models, "gpt2-tokenizer")))(
  "GPT-2's vocabulary (needs ../shared)",
  () => {
    const file = (name: string) => readFileSync(join(models, "gpt2-tokenizer", name));
    let tokens: Token[];
    beforeAll(() => {
      const table = readTokenizerJson(file("tokenizer.json"), "tokenizer.json");
      tokens = [...createVocabulary(50_257, table)];
    });

    test("has 50,257 different displays, all of which give their bytes back", () => {
      expect(tokens).toHaveLength(50_257);
      expect(new Set(tokens.map(({ display }) => display)).size).toBe(50_257);
      for (const { display, bytes } of tokens) expect(parseDisplay(display)).toEqual(bytes);
    });

    test("has 344 tokens that are not UTF-8 and 35 with control bytes", () => {
      expect(tokens.filter(({ text }) => text === null)).toHaveLength(344);
      const control = tokens.filter(({ bytes }) => bytes.some((b) => b < 0x20 || b === 0x7f));
      expect(control).toHaveLength(35);
    });

    test("shows ids 94 to 99 as six bytes", () => {
      const shown = tokens.slice(94, 100).map(({ display }) => display);
      expect(shown).toEqual(["\\xA1", "\\xA2", "\\xA3", "\\xA4", "\\xA5", "\\xA6"]);
    });

    test("shows nothing invisible, on one line", () => {
      const unseen = tokens.filter(({ display }) =>
        /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\ufffd]|^\p{M}/u.test(display),
      );
      expect(unseen).toEqual([]);
    });

    test("has the texts that Hugging Face's tokenizer decodes", () => {
      const decode = decoder("gpt2-tokenizer");
      const wrong = tokens.filter(({ id, text }) => text !== null && decode([id]) !== text);
      expect(wrong).toEqual([]);
    });

    test("is the same from vocab.json and merges.txt", () => {
      const merges = { bytes: file("merges.txt"), file: "merges.txt" };
      const table = readVocabJson(file("vocab.json"), merges, "vocab.json");
      expect([...createVocabulary(50_257, table)]).toEqual(tokens);
      expect(tokens.filter(({ kind }) => kind === "special").map(({ id }) => id)).toEqual([50_256]);
    });
  },
);

describe.skipIf(!existsSync(join(models, "stories260K")))(
  "a LLaMA vocabulary (needs ../shared)",
  () => {
    test("has the texts that Hugging Face's tokenizer decodes", () => {
      const bytes = readFileSync(join(models, "stories260K/tokenizer.json"));
      const tokens = [...createVocabulary(512, readTokenizerJson(bytes, "tokenizer.json"))];
      const decode = decoder("stories260K");
      // the decoder takes a blank from the start, so each token is decoded after an "a"
      const a = tokens.find(({ text, kind }) => text === "a" && kind === "normal")!.id;
      for (const { id, text } of tokens)
        if (text !== null) expect(decode([a, id])).toBe(`a${text}`);
      expect(tokens.filter(({ kind }) => kind === "byte")).toHaveLength(256);
      expect(new Set(tokens.map(({ display }) => display)).size).toBe(512);
      for (const { display, bytes } of tokens) expect(parseDisplay(display)).toEqual(bytes);
    });
  },
);
