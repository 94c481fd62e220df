import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FAMILIES, familyOf } from "../../../src/model/families/families.ts";
import { modelConfig, withFamily } from "../../../src/model/families/model-config.ts";
import { chooseMatrix, tokenMatrices } from "../../../src/model/families/token-matrices.ts";
import type { TensorInfo } from "../../../src/model/model.ts";
import { PUBLISHED, type PublishedCase } from "./published-families.ts";

/** Of transformers, as `fixtures/README.md` tells. */
interface WrittenCase extends PublishedCase {
  readonly file: string;
  /** Null where the configuration's class has no such field. */
  readonly tiedByDefault: boolean | null;
}

const written: readonly WrittenCase[] = JSON.parse(
  readFileSync(new URL("../../fixtures/architectures.json", import.meta.url), "utf8"),
  // transformers' class has no head, but BLOOM was published as one, and its head is its input
  (_, value) =>
    value?.config?.architectures?.[0] === "BloomModel" ? { ...value, tied: true } : value,
);

const infos = (tensors: PublishedCase["tensors"]): TensorInfo[] =>
  Object.entries(tensors).map(([name, shape]) => ({ name, dtype: "BF16", shape }));

/** What is found: the matrices, and the tensors that input and output are read from. */
function found(config: PublishedCase["config"], tensors: readonly TensorInfo[]) {
  const read = withFamily(
    modelConfig(config),
    tensors.map(({ name }) => name),
  );
  const matrices = tokenMatrices(tensors, read);
  const { input, output, tied, guessed } = matrices;
  return {
    input,
    output,
    tied,
    guessed,
    name: chooseMatrix("input", tensors, matrices, read, "m").name,
  };
}

/** Whether the matrices are found to be tied where config.json says nothing of it, and whether they should be. */
function untold({ config, tensors, output, tied, tiedByDefault }: PublishedCase) {
  const { tie_word_embeddings, weight_tying, share_input_output_layers, ...bare } = config!;
  // an output that is neither stored nor tied by default is none
  const isNone = tied === null || (output === null && tiedByDefault === false);
  return { bare: found(bare, infos(tensors)), expected: isNone ? null : tiedByDefault };
}

describe.each(PUBLISHED)("$model", (model) => {
  const { config, tensors, input, output, tied, tiedByDefault } = model;

  test("is found as published", () => {
    expect(found(config, infos(tensors))).toEqual({
      ...{ input, output, tied },
      ...{ guessed: false, name: input },
    });
  });

  if (tiedByDefault === undefined) return;
  test("and where config.json says nothing of tying", () => {
    const { bare, expected } = untold(model);
    expect(bare).toMatchObject({ input, output, tied: expected, guessed: false });
  });
});

describe.each(written)("$model ($file)", (model) => {
  const { config, tensors, input, output, tied } = model;
  const all = infos(tensors);

  test("is found by its own names", () => {
    expect(found(config, all)).toEqual({ input, output, tied, guessed: false, name: input });
  });

  test("and where config.json says nothing of tying", () => {
    const { bare, expected } = untold(model);
    expect(bare).toMatchObject({ input, output, tied: expected, guessed: false });
  });

  test("and under another prefix, or none", () => {
    const renamed = (change: (name: string) => string) =>
      found(
        config,
        infos(
          Object.fromEntries(Object.entries(tensors).map(([name, shape]) => [change(name), shape])),
        ),
      );
    expect(renamed((name) => `base_model.${name}`).input).toBe(`base_model.${input}`);
    const [first = ""] = input.split(".");
    const base = (name: string) =>
      name.startsWith(`${first}.`) ? name.slice(first.length + 1) : name;
    if (input.split(".").length > 2) expect(renamed(base).input).toBe(base(input));
  });
});

describe("the table", () => {
  test("names each type once", () => {
    const types = FAMILIES.flatMap(({ types }) => types);
    expect(new Set(types).size).toBe(types.length);
  });

  test("has every family that was asked for, by a model of each", () => {
    const tested = [...PUBLISHED, ...written].map(({ config }) => modelConfig(config).family?.name);
    expect(FAMILIES.map(({ name }) => name).filter((name) => !tested.includes(name))).toEqual([]);
  });

  test.each([
    ["GPT2LMHeadModel", "GPT-2, GPT-Neo, GPT-BigCode"],
    ["GPTNeoXForCausalLM", "GPT-NeoX, Pythia"],
    ["LlamaForCausalLM", "LLaMA"],
    ["XLMRobertaModel", "RoBERTa, XLM-R, CamemBERT, Longformer, MPNet, ESM"],
    ["SomethingElse", undefined],
  ])("knows %s without a type", (architecture, name) => {
    expect(familyOf(undefined, architecture)?.name).toBe(name);
    expect(familyOf("unheard_of", architecture)).toBeUndefined();
  });
});
