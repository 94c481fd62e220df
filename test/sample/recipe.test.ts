import { Tokenizer } from "@huggingface/tokenizers";
import { beforeAll, describe, expect, it } from "vitest";
import { PROBES } from "../../sample/probes.ts";
import { makeSample } from "../../sample/recipe.ts";
import { SETTINGS, type Settings } from "../../sample/settings.ts";
import { parseBPE, tinyDocuments } from "./texts.ts";

const SMALL: Settings = {
  ...SETTINGS,
  vocab: 300,
  dim: 8,
  passes: 2,
  batch: 16,
  candidates: 64,
};

const decoder = new TextDecoder();

describe("makeSample", () => {
  let files: Map<string, Uint8Array>;
  const text = (name: string) => decoder.decode(files.get(name));

  beforeAll(async () => {
    files = await makeSample(tinyDocuments(), SMALL);
  });

  it("makes the same bytes from the same texts, settings and seed", async () => {
    expect(await makeSample(tinyDocuments(), SMALL)).toEqual(files);
    const other = await makeSample(tinyDocuments(), { ...SMALL, seed: 1 });
    expect(other.get("model.safetensors")).not.toEqual(files.get("model.safetensors"));
    expect(other.get("tokenizer.json")).toEqual(files.get("tokenizer.json"));
  });

  it("refuses settings and texts that make no model", async () => {
    const wrong: Partial<Settings>[] = [
      { seed: -1 },
      { vocab: 255 },
      { dim: 10 },
      { batch: 0 },
      { passes: 0 },
      { dropout: 1 },
    ];
    for (const one of wrong) {
      await expect(makeSample(tinyDocuments(), { ...SMALL, ...one })).rejects.toThrow(RangeError);
    }
    await expect(makeSample([], SMALL)).rejects.toThrow(/at least 1000 words/);
  });

  it("counts what training saw: the last pass whole, the end of text once for each text", () => {
    const occurrences = JSON.parse(text("token_occurrences.json")) as number[];
    expect(occurrences.length).toBe(300);
    expect(occurrences[299]).toBe(2 * SMALL.passes);
    const once = new Map<number, number>();
    const bpe = parseBPE(text("tokenizer.json"));
    for (const { training } of tinyDocuments()) {
      for (const word of training.match(/\w+/g) ?? []) {
        const ids = bpe.encode(` ${word}`);
        if (ids.length === 1) once.set(ids[0]!, (once.get(ids[0]!) ?? 0) + 1);
      }
    }
    expect(once.size).toBeGreaterThan(5);
    for (const id of once.keys()) expect(occurrences[id]).toBeGreaterThan(0);
    // bytes that no text holds
    expect(occurrences[189]).toBe(0);
  });

  it("learns single characters by dropout", async () => {
    const plain = await makeSample(tinyDocuments(), { ...SMALL, dropout: 0 });
    const seen = (made: Map<string, Uint8Array>) =>
      (JSON.parse(decoder.decode(made.get("token_occurrences.json"))) as number[])
        .slice(0, 94)
        .filter((count) => count > 0).length;
    expect(seen(files)).toBeGreaterThan(seen(plain));
  });

  it("tells in the card what was measured, with every probe", () => {
    const card = text("README.md");
    for (const { kind } of PROBES) expect(card).toContain(`| ${kind} |`);
    for (const [name, bytes] of files) {
      if (name !== "README.md")
        expect(card).toContain(`\`${name}\` ${grouped(bytes.length)} bytes`);
    }
    // tokens that Markdown would take for its own
    expect(card).toContain("`\\|`");
    expect(card).toContain("`` ` ``");
    const [model, bigram, unigram] = [...card.matchAll(/^\| .* \| (\d+\.\d) \|$/gm)].map(([, x]) =>
      Number(x),
    );
    expect(model).toBeLessThan(unigram!);
    expect(bigram).toBeLessThan(unigram!);
    expect(card).toContain("| `fable.txt` | a text given to the recipe | not stated |");
    const size = grouped(tinyDocuments()[1]!.byteLength);
    expect(card).toContain(`| 1 file | Tokenscape's own source and documents | MIT | ${size} |`);
  });

  it("writes a tokenizer that Hugging Face's library reads as we do", () => {
    const theirs = new Tokenizer(JSON.parse(text("tokenizer.json")), {});
    const ours = parseBPE(text("tokenizer.json"));
    for (const piece of ["The", " fox", "\n", " naïve", " 17", "€", "\u0000\u007f\u00ad"]) {
      expect(theirs.encode(piece, { add_special_tokens: false }).ids).toEqual(ours.encode(piece));
    }
    expect(theirs.encode("<|endoftext|>", { add_special_tokens: false }).ids).toEqual([299]);
  });
});

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
