/** The recipe of the built-in sample, from texts to the bytes of its files. */
import { checkSeed, Random } from "../src/random.ts";
import { bigramPerplexity, countTokens, unigramPerplexity } from "./baselines.ts";
import type { BPE } from "./bpe.ts";
import { toAlphabet } from "./byte-alphabet.ts";
import { modelCard } from "./card.ts";
import { countPieces, cutPieces, type Document, encodePieces, type Pieces } from "./corpus.ts";
import { modelPerplexity } from "./evaluation.ts";
import { initialModel, type LanguageModel } from "./language-model.ts";
import { learnBPE } from "./merge-learning.ts";
import { Trainer } from "./model-training.ts";
import { PROBES } from "./probes.ts";
import { type ProbeResult, probe } from "./probing.ts";
import { type NamedTensor, roundToHalf, safetensors } from "./safetensors.ts";
import { tokenizerJson } from "./tokenizer-json.ts";

/** What the result depends on besides the texts. */
export interface Settings {
  readonly seed: number;
  /** Tokens in all: 256 bytes, merges, and the end-of-text token. */
  readonly vocab: number;
  readonly dim: number;
  readonly contextLength: number;
  /** How often the model reads the texts; with dropout each time but the last. */
  readonly passes: number;
  readonly dropout: number;
  /** Adagrad's step at the start; it falls to zero in a straight line. */
  readonly learningRate: number;
  readonly batch: number;
  /** How strongly each step draws the embeddings it touches to zero. */
  readonly decay: number;
  /** Mean number of tokens that stand for the softmax in each step. */
  readonly candidates: number;
}

/** The settings of the built-in sample. */
export const SETTINGS: Settings = {
  seed: 0,
  vocab: 4000,
  dim: 96,
  contextLength: 6,
  passes: 2,
  dropout: 0.1,
  learningRate: 0.1,
  batch: 64,
  decay: 0.04,
  candidates: 256,
};

/** What was made and what was found, for the model card. */
export interface SampleReport {
  readonly documents: readonly Document[];
  readonly settings: Settings;
  readonly bpe: BPE;
  /** Tokens that the model was trained on, in all passes. */
  readonly trainedTokens: number;
  readonly occurrences: Float64Array;
  readonly heldOutTokens: number;
  readonly perplexity: {
    readonly model: number;
    readonly unigram: number;
    readonly bigram: number;
  };
  readonly probes: readonly ProbeResult[];
  /** File names and sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
}

/** Called with a line about each step, and within a step with the share that is done. */
export type Progress = (step: string, done?: number) => void;

/**
 * Makes the sample's files: same documents and settings, same bytes.
 *
 * @throws {RangeError} if a setting or the texts make no model.
 */
export async function makeSample(
  documents: readonly Document[],
  settings: Settings = SETTINGS,
  progress: Progress = () => {},
): Promise<Map<string, Uint8Array>> {
  checkSeed("makeSample", settings.seed);
  const random = new Random(settings.seed);
  progress("cutting texts into pieces");
  const pieces = cutPieces(documents.map((document) => document.training));
  const heldOutPieces = cutPieces(documents.flatMap((document) => document.heldOut));
  progress("learning merges");
  const bpe = learnBPE(countPieces(pieces), settings.vocab - 1);
  const endOfText = bpe.tokens.length;
  const heldOut = encodePieces(heldOutPieces, bpe);
  const passes = encodePasses(pieces, bpe, settings, random);
  const training = passes.at(-1)!;
  const occurrences = countTokens(passes, endOfText + 1);
  const model = train(passes, occurrences, settings, random, progress);
  // what is measured is what is written
  for (const parameters of [model.embeddings, model.positions, model.projection, model.bias]) {
    roundToHalf(parameters);
  }

  progress("measuring on held-out text");
  const measured = { training, heldOut, vocab: model.vocab, except: endOfText };
  const perplexity = {
    model: modelPerplexity(model, heldOut, endOfText),
    unigram: unigramPerplexity(measured),
    bigram: bigramPerplexity(measured),
  };
  const files = modelFiles(model, bpe, occurrences, settings);
  const report: SampleReport = {
    documents,
    settings,
    bpe,
    trainedTokens: occurrences.reduce((sum, count) => sum + count, 0),
    occurrences,
    heldOutTokens: heldOut.reduce((sum, token) => sum + (token === endOfText ? 0 : 1), 0),
    perplexity,
    probes: await probe(PROBES, model, finder(bpe)),
    files: new Map(Array.from(files, ([name, bytes]) => [name, bytes.length])),
  };
  return files.set("README.md", new TextEncoder().encode(modelCard(report)));
}

/** The texts as tokens, once for each pass: cut at random with dropout, but for the last. */
function encodePasses(pieces: Pieces, bpe: BPE, settings: Settings, random: Random): Int32Array[] {
  return Array.from({ length: settings.passes }, (_, pass) =>
    encodePieces(pieces, bpe, pass < settings.passes - 1 ? settings.dropout : 0, random),
  );
}

function train(
  passes: readonly Int32Array[],
  occurrences: Float64Array,
  settings: Settings,
  random: Random,
  progress: Progress,
): LanguageModel {
  const model = initialModel(settings, occurrences, random);
  const trainer = new Trainer(model, { ...settings, counts: occurrences }, random);
  passes.forEach((tokens, pass) => {
    const step = `pass ${pass + 1} of ${passes.length}`;
    const loss = trainer.pass(
      tokens,
      (done) => settings.learningRate * (1 - (pass + done) / passes.length),
      (done) => progress(step, done),
    );
    progress(`${step}: loss ${loss.toFixed(3)} nats per token`);
  });
  return model;
}

function modelFiles(
  model: LanguageModel,
  bpe: BPE,
  occurrences: Float64Array,
  { seed }: Settings,
): Map<string, Uint8Array> {
  const { vocab, dim, contextLength } = model;
  const tensors: NamedTensor[] = [
    { name: "wte.weight", shape: [vocab, dim], data: model.embeddings },
    { name: "context.positions", shape: [contextLength, dim], data: model.positions },
    { name: "context.projection", shape: [dim, dim], data: model.projection },
    { name: "lm_head.bias", shape: [vocab], data: model.bias },
  ];
  const config = {
    model_type: "log-bilinear",
    vocab_size: vocab,
    hidden_size: dim,
    context_length: contextLength,
    tie_word_embeddings: true,
    torch_dtype: "float16",
    bos_token_id: vocab - 1,
    eos_token_id: vocab - 1,
    training_seed: seed,
  };
  const text = new TextEncoder();
  return new Map([
    ["model.safetensors", safetensors(tensors)],
    ["config.json", text.encode(`${JSON.stringify(config, null, 2)}\n`)],
    ["tokenizer.json", text.encode(tokenizerJson(bpe))],
    ["token_occurrences.json", text.encode(`[${Array.from(occurrences).join(",")}]\n`)],
  ]);
}

function finder(bpe: BPE): (text: string) => number | undefined {
  const ids = new Map(bpe.tokens.map((bytes, id) => [toAlphabet(bytes), id]));
  return (text) => ids.get(toAlphabet(new TextEncoder().encode(text)));
}
