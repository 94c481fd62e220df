import { describe, expect, it } from "vitest";
import { Adagrad } from "../../sample/adagrad.ts";
import { bigramPerplexity, countTokens, unigramPerplexity } from "../../sample/baselines.ts";
import { Candidates } from "../../sample/candidates.ts";
import { modelPerplexity } from "../../sample/evaluation.ts";
import {
  contextVector,
  INITIAL_DEVIATION,
  initialModel,
  type LanguageModel,
} from "../../sample/language-model.ts";
import { Trainer } from "../../sample/model-training.ts";
import { multiplyByTransposed, transpose } from "../../sample/products.ts";
import { Random } from "../../src/random.ts";

const VOCAB = 12;
const SIZES = { dim: 8, contextLength: 2 };

/** A chain over tokens 0 to 9 in which each token has two successors, both as likely; 10 and 11 never come. */
function chain(length: number, seed: number): Int32Array {
  const random = new Random(seed);
  const tokens = new Int32Array(length);
  for (let i = 1; i < length; i++) tokens[i] = (tokens[i - 1]! + 1 + 2 * random.below(2)) % 10;
  return tokens;
}

function trained(candidates: number, passes = 20): LanguageModel {
  const tokens = chain(2000, 1);
  const counts = countTokens([tokens], VOCAB);
  const model = initialModel(SIZES, counts, new Random(2));
  const trainer = new Trainer(model, { counts, candidates, batch: 16, decay: 0 }, new Random(3));
  for (let pass = 0; pass < passes; pass++) {
    trainer.pass(tokens, (done) => 0.3 * (1 - (pass + done) / passes));
  }
  return model;
}

describe("products", () => {
  it("are what the definition says", () => {
    const random = new Random(1);
    const draw = (size: number) => Float64Array.from({ length: size }, () => random.normal());
    const [m, n, k] = [6, 8, 5];
    const A = draw(m * k);
    const B = draw(n * k);
    const out = new Float64Array(m * n);
    multiplyByTransposed(A, B, out, m, n, k);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let t = 0; t < k; t++) sum += A[i * k + t]! * B[j * k + t]!;
        expect(out[i * n + j]).toBeCloseTo(sum, 12);
      }
    }
    const turned = new Float64Array(m * k);
    transpose(A, turned, m, k);
    expect(turned[3 * m + 2]).toBe(A[2 * k + 3]);
  });
});

describe("Candidates", () => {
  it("draws each token with the probability it states, frequent ones always", () => {
    const candidates = new Candidates([1000, 500, 10, 10, 1, 0], 3, new Random(4));
    const drawn = new Float64Array(6);
    for (let i = 0; i < 20_000; i++) {
      candidates.draw();
      for (let j = 0; j < candidates.count; j++) drawn[candidates.tokens[j]!]!++;
    }
    let expected = 0;
    drawn.forEach((times, token) => {
      const probability = Math.exp(candidates.logProbability[token]!);
      expected += probability;
      expect(times / 20_000).toBeCloseTo(probability, 1);
    });
    expect(drawn[0]).toBe(20_000);
    expect(expected).toBeCloseTo(3, 9);
  });
});

describe("Adagrad", () => {
  it("steps against a row's gradient, shorter each time, and towards zero with decay", () => {
    const parameters = Float64Array.of(9, 9, 1, -2);
    const steps = new Adagrad(parameters, 2, 0.1);
    steps.step(1, Float64Array.of(7, 0.2, 0.2), 1, 0.5);
    // gradients 0.2 + 0.1 and 0.2 - 0.2; sums of squares start at 0.01
    expect(parameters[2]).toBeCloseTo(1 - (0.5 * 0.3) / Math.sqrt(0.1), 12);
    expect([...parameters.subarray(0, 2), parameters[3]]).toEqual([9, 9, -2]);
    const first = 1 - parameters[2]!;
    const before = parameters[2]!;
    steps.step(1, Float64Array.of(0.3 - 0.1 * before, 0), 0, 0.5);
    expect(before - parameters[2]!).toBeCloseTo((0.5 * 0.3) / Math.sqrt(0.19), 12);
    expect(before - parameters[2]!).toBeLessThan(first);
  });
});

describe("Trainer", () => {
  it("comes near the best possible perplexity, whether the softmax is sampled or whole", () => {
    const heldOut = chain(2000, 9);
    for (const candidates of [6, 12]) {
      const perplexity = modelPerplexity(trained(candidates), heldOut, -1);
      expect(perplexity).toBeGreaterThan(1.9);
      expect(perplexity).toBeLessThan(2.15);
    }
  });

  it("leaves the rows of tokens that never come at their small start", () => {
    const model = trained(6, 2);
    const start = initialModel(SIZES, new Float64Array(VOCAB), new Random(2));
    const unseen = model.embeddings.subarray(10 * SIZES.dim);
    expect(unseen).toEqual(start.embeddings.subarray(10 * SIZES.dim));
    expect(Math.max(...unseen)).toBeLessThan(5 * INITIAL_DEVIATION);
    expect(model.embeddings.subarray(0, 8)).not.toEqual(start.embeddings.subarray(0, 8));
  });
});

describe("contextVector", () => {
  it("weighs the tokens before a place, nearest first, and knows the text's start", () => {
    const model: LanguageModel = {
      vocab: 3,
      dim: 2,
      contextLength: 2,
      embeddings: Float64Array.of(1, 2, 3, 4, 5, 6),
      positions: Float64Array.of(1, 10, 100, 1000),
      projection: new Float64Array(4),
      bias: new Float64Array(3),
    };
    const out = new Float64Array(3).fill(7);
    contextVector(model, Int32Array.of(2, 0, 1), 2, out, 1);
    expect([...out]).toEqual([7, 1 + 500, 20 + 6000]);
    contextVector(model, Int32Array.of(2, 0, 1), 1, out, 1);
    expect([...out]).toEqual([7, 5, 60]);
  });
});

describe("baselines", () => {
  const counted = { training: Int32Array.of(0, 1, 0, 2, 0, 1), vocab: 3, except: -1 };

  it("count tokens, one added to each", () => {
    // tokens 1, 0: (2 + 1) / 9 and (3 + 1) / 9
    const heldOut = Int32Array.of(2, 1, 0);
    expect(unigramPerplexity({ ...counted, heldOut })).toBeCloseTo(
      Math.sqrt((9 / 3) * (9 / 4)),
      12,
    );
  });

  it("smooth pairs as Kneser and Ney do", () => {
    // pairs 01 x2, 10, 02, 20: n1 = 3, n2 = 1, discount 3/5; distinct predecessors 2, 1, 1: discount 2/4
    const uniform = (0.5 * 3) / 3;
    const lower = [(1.5 + uniform) / 4, (0.5 + uniform) / 4, (0.5 + uniform) / 4];
    const afterZero = (token: number, count: number) =>
      (Math.max(count - 0.6, 0) + 0.6 * 2 * lower[token]!) / 3;
    const surprise = Math.log(afterZero(1, 2)) + Math.log((0.4 + 0.6 * lower[0]!) / 1);
    const heldOut = Int32Array.of(0, 1, 0);
    expect(bigramPerplexity({ ...counted, heldOut })).toBeCloseTo(Math.exp(-surprise / 2), 12);
  });

  it("are probabilities: they add up to one after every token", () => {
    const training = chain(300, 2);
    for (const measure of [unigramPerplexity, bigramPerplexity]) {
      for (const before of [0, 5, 11]) {
        let sum = 0;
        for (let token = 0; token < 12; token++) {
          const heldOut = Int32Array.of(before, token);
          sum += 1 / measure({ training, heldOut, vocab: 12, except: -1 });
        }
        expect(sum).toBeCloseTo(1, 9);
      }
    }
  });
});
