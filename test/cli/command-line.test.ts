import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandLine, shellQuoted } from "../../src/cli/command-line.ts";

const local = { name: "model", revision: null };

describe("commandLine", () => {
  it("has the flags that decide the outputs, in one order, and no others", () => {
    const line = commandLine(
      "./model",
      {
        ...{ quiet: true, json: true, png: true, offline: true, out: "elsewhere", refresh: true },
        ...{
          limits: "notebook",
          metadata: "m.tsv",
          labels: "l.txt",
          tokenizer: "a b",
          tensor: "wpe.weight",
        },
        ...{ minSamples: 4, eps: 0.5, init: "random", iterations: 500, seed: 7, perplexity: 30 },
        ...{ metric: "cosine", transform: ["unit", "center"], rows: "0:100" },
      },
      local,
    );
    expect(commandLine("./model", { matrix: "output" }, local)).toBe(
      "tokenscape ./model --matrix output",
    );
    expect(line).toBe(
      "tokenscape ./model --rows 0:100 --transform unit --transform center --metric cosine --perplexity 30 --seed 7 " +
        "--iterations 500 --init random --eps 0.5 --min-samples 4 --tensor wpe.weight --labels l.txt --metadata m.tsv --tokenizer 'a b' --limits notebook",
    );
  });

  it("pins a model of the hub to its commit", () => {
    const revision = "607a30d783dfa663caf39e06633721c8d4cfcd7e";
    const model = { name: "openai-community/gpt2", revision };
    expect(commandLine("gpt2@main", { all: true }, model)).toBe(
      `tokenscape openai-community/gpt2@${revision} --all`,
    );
  });

  it("keeps values apart from options", () => {
    expect(commandLine("m", { match: /-x/u, coordinates: "y.npy" }, local)).toBe(
      "tokenscape m --match=-x --coordinates y.npy",
    );
  });
});

describe("shellQuoted", () => {
  it.each([
    ["0:100,5", "0:100,5"],
    ["a b", "'a b'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
    ["é ∅", "'é ∅'"],
    ["a\u001b[31m", "$'a\\u001b[31m'"],
  ])("of %j is %j", (word, quoted) => {
    expect(shellQuoted(word)).toBe(quoted);
  });

  it("is what a shell reads back", () => {
    const word = fc.string({
      unit: fc.oneof(
        fc.constantFrom(..."'\"\\ $`!~*\n\t\u001b\u202e#é"),
        fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      ),
      maxLength: 12,
    });
    const words = fc.sample(
      word.filter((text) => !/[\0\p{Cs}]/u.test(text)),
      { numRuns: 300, seed: 1 },
    );
    const line = `printf '%s\\0' ${words.map(shellQuoted).join(" ")}`;
    const printed = execFileSync("bash", ["--norc", "-c", line], {
      encoding: "utf8",
      env: { LC_ALL: "C.UTF-8" },
    });
    expect(printed.split("\0").slice(0, -1)).toEqual(words);
    expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});
