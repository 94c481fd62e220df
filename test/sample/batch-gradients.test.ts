import { describe, expect, it } from "vitest";
import { BatchGradients } from "../../sample/batch-gradients.ts";
import { Candidates } from "../../sample/candidates.ts";
import { modelPerplexity } from "../../sample/evaluation.ts";
import { initialModel, type LanguageModel } from "../../sample/language-model.ts";
import { Random } from "../../src/random.ts";

const VOCAB = 10;
const DIM = 8;
const STEP = 1e-5;

// tokens 1 to 8 are the places of one batch; token 9 is in no context, and a candidate only
const TOKENS = Int32Array.of(0, 3, 1, 3, 8, 2, 0, 7, 4);
const PLACES = Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function roughModel(): LanguageModel {
  const random = new Random(11);
  const model = initialModel({ dim: DIM, contextLength: 3 }, new Float64Array(VOCAB), random);
  for (const parameters of [model.embeddings, model.positions, model.projection, model.bias]) {
    for (let i = 0; i < parameters.length; i++) parameters[i] = 0.5 * random.normal();
  }
  return model;
}

function gradients(model: LanguageModel): { computed: BatchGradients; loss: number } {
  // all tokens as candidates: the loss is exact
  const candidates = new Candidates(new Float64Array(VOCAB).fill(1), VOCAB, new Random(1));
  candidates.draw();
  const computed = new BatchGradients(model, candidates, PLACES.length);
  return { computed, loss: computed.compute(TOKENS, PLACES) };
}

describe("BatchGradients", () => {
  const model = roughModel();
  const { computed, loss } = gradients(model);

  it("gives the loss that the evaluation measures", () => {
    expect(Math.exp(loss / PLACES.length)).toBeCloseTo(modelPerplexity(model, TOKENS, -1), 9);
  });

  it("gives the derivatives of the loss, for every parameter", () => {
    const byKind: [keyof LanguageModel, (i: number) => number][] = [
      ["positions", (i) => computed.positions[i]!],
      ["projection", (i) => computed.projection[i]!],
      ["bias", (i) => computed.bias.data[computed.bias.offset(i)]!],
      [
        "embeddings",
        (i) =>
          computed.embeddings.data[computed.embeddings.offset(Math.floor(i / DIM)) + (i % DIM)]!,
      ],
    ];
    for (const [kind, gradient] of byKind) {
      const parameters = model[kind] as Float64Array;
      for (let i = 0; i < parameters.length; i++) {
        const value = parameters[i]!;
        parameters[i] = value + STEP;
        const above = gradients(model).loss;
        parameters[i] = value - STEP;
        const below = gradients(model).loss;
        parameters[i] = value;
        const difference = (above - below) / (2 * STEP);
        expect(Math.abs(gradient(i) - difference), `${kind} ${i}`).toBeLessThan(1e-7);
      }
    }
  });

  it("knows no gradient of tokens that are neither read nor drawn", () => {
    const counts = new Float64Array(VOCAB).fill(1);
    counts[9] = 0;
    const candidates = new Candidates(counts, VOCAB, new Random(1));
    candidates.draw();
    expect([...candidates.tokens.subarray(0, candidates.count)]).not.toContain(9);
    const gradient = new BatchGradients(model, candidates, PLACES.length);
    gradient.compute(TOKENS, PLACES);
    const at = gradient.embeddings.offset(9);
    expect([...gradient.embeddings.data.subarray(at, at + DIM)]).toEqual(new Array(DIM).fill(0));
  });
});
