/** The model that is committed and shipped; not whether today's source would make it again. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { BYTE_ORDER, toAlphabet } from "../../sample/byte-alphabet.ts";
import { pretokenize } from "../../sample/pretokenize.ts";
import { PROBES } from "../../sample/probes.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { decodeFloats } from "../../src/model/values/dtype.ts";
import { readSafetensorsHeader } from "../../src/model/weights/safetensors.ts";
import { parseBPE } from "./texts.ts";

const FOLDER = fileURLToPath(new URL("../../sample/model/", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GPT2 = join(ROOT, "../shared/data/models/gpt2-tokenizer/tokenizer.json");
const MEGABYTE = 1_000_000;

const read = (name: string) => readFileSync(join(FOLDER, name));
const json = (name: string) => JSON.parse(read(name).toString()) as never;
const config = json("config.json") as {
  vocab_size: number;
  hidden_size: number;
  eos_token_id: number;
};
const occurrences = json("token_occurrences.json") as number[];
const tokenizerText = read("tokenizer.json").toString();
const ours = parseBPE(tokenizerText);
const theirs = new Tokenizer(JSON.parse(tokenizerText), {});

async function tensor(name: string): Promise<{ data: Float32Array; shape: readonly number[] }> {
  const bytes = new Uint8Array(read("model.safetensors"));
  const { tensors } = await readSafetensorsHeader(bufferSource(bytes), "model.safetensors");
  const { start, end, shape } = tensors.get(name)!;
  const data = new Float32Array((end - start) / 2);
  decodeFloats("F16", bytes.subarray(start, end), data);
  return { data, shape };
}

function encode(text: string): number[] {
  return pretokenize(text).flatMap((piece) => ours.encode(piece));
}

describe("the sample's files", () => {
  it("are five, the model and its tokenizer well under 3 MB together", () => {
    expect(readdirSync(FOLDER).sort()).toEqual([
      "README.md",
      "config.json",
      "model.safetensors",
      "token_occurrences.json",
      "tokenizer.json",
    ]);
    expect(read("model.safetensors").length + read("tokenizer.json").length).toBeLessThan(
      2.5 * MEGABYTE,
    );
  });

  it("agree on their sizes", async () => {
    const { vocab_size: vocab, hidden_size: dim } = config;
    expect((await tensor("wte.weight")).shape).toEqual([vocab, dim]);
    expect((await tensor("context.projection")).shape).toEqual([dim, dim]);
    expect((await tensor("lm_head.bias")).shape).toEqual([vocab]);
    expect(ours.tokens.length + 1).toBe(vocab);
    expect(occurrences.length).toBe(vocab);
  });

  it("hold finite numbers, not all the same", async () => {
    for (const name of ["wte.weight", "context.positions", "context.projection", "lm_head.bias"]) {
      const { data } = await tensor(name);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(new Set(data).size).toBeGreaterThan(data.length / 1000);
    }
  });

  it("have a card with every probe and nothing of the machine it was made on", () => {
    const card = read("README.md").toString();
    for (const { kind } of PROBES) expect(card).toContain(`| ${kind} |`);
    expect(card).not.toMatch(/\/(work|home|tmp|root)\//);
  });
});

describe("the sample's vocabulary", () => {
  it("begins with GPT-2's bytes in GPT-2's order", () => {
    const vocab = (JSON.parse(tokenizerText) as { model: { vocab: Record<string, number> } }).model
      .vocab;
    const first = Object.entries(vocab).filter(([, id]) => id < 256);
    first.sort(([, a], [, b]) => a - b);
    expect(first.map(([name]) => name)).toEqual(
      Array.from(BYTE_ORDER, (byte) => toAlphabet(Uint8Array.of(byte))),
    );
  });

  it.skipIf(!existsSync(GPT2))("has the first 256 tokens of GPT-2 itself (needs ../shared)", () => {
    const { model } = JSON.parse(readFileSync(GPT2, "utf8")) as {
      model: { vocab: Record<string, number> };
    };
    const names = new Map(Object.entries(model.vocab).map(([name, id]) => [id, name]));
    for (let id = 0; id < 256; id++) {
      expect(toAlphabet(ours.tokens[id]!)).toBe(names.get(id));
    }
  });

  it("has one special token, the last", () => {
    const { added_tokens } = JSON.parse(tokenizerText) as { added_tokens: object[] };
    expect(added_tokens).toMatchObject([
      { id: config.vocab_size - 1, content: "<|endoftext|>", special: true },
    ]);
    expect(config.eos_token_id).toBe(config.vocab_size - 1);
  });

  it("cuts texts as Hugging Face's library does, and joins them again", () => {
    const texts = [
      "It was the best of times; it wasn't, she'd said, 1859!\n\n  \"Indeed?\"  ",
      "export const x: Map<string, number[]> = new Map(); // {a: 1}\r\n\tif (x) return;",
      "naïve café – “quoted” … 日本語 🙂 \u0000\u001b\u00ad\u202e \u00a0\u2003 ١٢٣ ½",
      read("README.md").toString().replaceAll("<|endoftext|>", ""),
      readFileSync(join(ROOT, "src/math.ts"), "utf8"),
    ];
    for (const text of texts) {
      const ids = encode(text);
      expect(theirs.encode(text, { add_special_tokens: false }).ids).toEqual(ids);
      expect(Buffer.concat(ids.map((id) => ours.tokens[id]!)).toString()).toBe(text);
    }
  });

  it("round-trips every token whose bytes are text", () => {
    const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    let count = 0;
    for (const bytes of ours.tokens) {
      let text: string;
      try {
        text = utf8.decode(bytes);
      } catch {
        continue;
      }
      count++;
      expect(Buffer.concat(encode(text).map((id) => ours.tokens[id]!)).toString()).toBe(text);
    }
    expect(count).toBeGreaterThan(3500);
  });
});

describe("the sample's training", () => {
  it("saw nearly all of the vocabulary and all of the printable ASCII characters", () => {
    expect(occurrences.every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
    expect(occurrences.filter((count) => count === 0).length).toBeLessThan(256);
    expect(occurrences.slice(256).every((count) => count > 0)).toBe(true);
    expect(occurrences.slice(0, 94).every((count) => count >= 10)).toBe(true);
  });

  it("left what it never saw near the start, and nothing else", async () => {
    const { data, shape } = await tensor("wte.weight");
    const dim = shape[1]!;
    const norm = (id: number) => Math.hypot(...data.subarray(id * dim, (id + 1) * dim));
    const often = occurrences.flatMap((count, id) => (count >= 100 ? [norm(id)] : []));
    const never = occurrences.flatMap((count, id) => (count === 0 ? [norm(id)] : []));
    expect(Math.max(...never)).toBeLessThan(Math.min(...often));
  });

  it("put characters of a kind together", async () => {
    const { data, shape } = await tensor("wte.weight");
    const dim = shape[1]!;
    const cosine = (a: number, b: number) => {
      const product = (i: number, j: number) =>
        data
          .subarray(i * dim, (i + 1) * dim)
          .reduce((sum, x, k) => sum + x * data[j * dim + k]!, 0);
      return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    };
    const kinds = [/[0-9]/, /[A-Z]/, /[a-z]/].map((kind) =>
      Array.from({ length: 94 }, (_, id) => id).filter((id) =>
        kind.test(String.fromCharCode(BYTE_ORDER[id]!)),
      ),
    );
    // the nearest of the other 93 printable characters is of the same kind for most of each kind
    for (const kind of kinds) {
      const good = kind.filter((id) => {
        const others = Array.from({ length: 94 }, (_, other) => other).filter((o) => o !== id);
        others.sort((a, b) => cosine(id, b) - cosine(id, a));
        return kind.includes(others[0]!);
      });
      expect(good.length).toBeGreaterThanOrEqual(0.8 * kind.length);
    }
  });
});
