import { matrix } from "../../src/matrix.ts";
import { displayBytes } from "../../src/model/bytes/display.ts";
import type { Token } from "../../src/model/vocabulary/vocabulary.ts";
import { Random } from "../../src/random.ts";
import { type TokenGroup, tokenGroups } from "../../src/report/groups.ts";
import { type ResultJson, type RunFacts, resultJson } from "../../src/report/result.ts";

/** A token from bytes, its display the text as it is: what a careless caller would hand over. */
function rawToken(id: number, bytes: Uint8Array, occurrences?: number): Token {
  const text = decoded(bytes);
  const display = text ?? Array.from(bytes, (b) => `\\x${b.toString(16).toUpperCase()}`).join("");
  return {
    id,
    bytes,
    text,
    display,
    kind: "normal",
    ...(occurrences === undefined ? {} : { occurrences }),
  };
}

/** Tokens with such displays; a third of them never seen, where occurrences are asked for. */
export function tokensOf(texts: readonly (string | Uint8Array)[], occurrences = false): Token[] {
  return texts.map((text, id) =>
    rawToken(
      id,
      typeof text === "string" ? new TextEncoder().encode(text) : text,
      occurrences ? id % 3 : undefined,
    ),
  );
}

/** The same with displays as models make them. */
export function shownTokens(texts: readonly (string | Uint8Array)[], occurrences = false): Token[] {
  return tokensOf(texts, occurrences).map((token) => ({
    ...token,
    display: displayBytes(token.bytes),
  }));
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What a run over these tokens might have found: seeded places and labels, noise and three clusters. */
export function madeFacts(tokens: readonly Token[], changes: Partial<RunFacts> = {}): RunFacts {
  const random = new Random(7);
  const n = tokens.length;
  const labels = Int32Array.from(tokens, () => random.below(4) - 1);
  return {
    command: "tokenscape gpt2 --rows 0:100 --perplexity 5",
    model: {
      name: "openai-community/gpt2",
      revision: "607a30d783dfa663caf39e06633721c8d4cfcd7e",
      fetched: "2026-11-23",
      tensor: "wte.weight",
      matrix: "input",
      matrices: {
        ...{ architecture: "GPT2LMHeadModel", family: "GPT-2", vocabSize: 50257 },
        ...{ input: "wte.weight", guessed: false, output: null },
        ...{ tied: true, reason: "no output matrix is stored" },
      },
      dtype: "F32",
      shape: [50257, 768],
    },
    rows: "0:100",
    transforms: [],
    coordinates: null,
    limits: "data",
    tsne: {
      method: "neighbors",
      metric: "euclidean",
      neighbors: 16,
      perplexity: 5,
      seed: 0,
      init: "pca",
      learningRate: 50,
      earlyExaggeration: 12,
      iterations: 1000,
      nIter: 1000,
      repulsion: "pairs",
      meshSpacing: null,
      klDivergence: 0.43219876,
    },
    dbscan: {
      eps: 7,
      minSamples: 3,
      labels,
      coreSampleIndices: Int32Array.from(
        Array.from(labels.keys()).filter((i) => labels[i]! >= 0 && i % 2 === 0),
      ),
      advice: null,
    },
    tokens,
    Y: matrix(
      n,
      2,
      Float32Array.from({ length: 2 * n }, () => 30 * random.normal()),
    ),
    timings: { load: 12.34567, gram: 1, neighbors: 2, tsne: 345.678, dbscan: 0.04, figures: 9 },
    ...changes,
  };
}

export function madeRun(
  tokens: readonly Token[],
  changes: Partial<RunFacts> = {},
): { result: ResultJson; groups: TokenGroup[] } {
  const facts = madeFacts(tokens, changes);
  return { result: resultJson(facts), groups: tokenGroups(facts.dbscan.labels, tokens) };
}
