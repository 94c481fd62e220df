/** The recipe of the built-in sample, from texts to the bytes of its files. */
import { Random } from "../src/random.ts";
import { bigramPerplexity, countTokens, unigramPerplexity } from "./baselines.ts";
import type { BPE } from "./bpe.ts";
import { toAlphabet } from "./byte-alphabet.ts";
import { modelCard, type SampleReport } from "./card.ts";
import { countPieces, cutPieces, type Document, encodePieces, type Pieces } from "./corpus.ts";
import { modelPerplexity } from "./evaluation.ts";
import { initialModel, type LanguageModel } from "./language-model.ts";
import { learnBPE } from "./merge-learning.ts";
import { modelFiles } from "./model-files.ts";
import { Trainer } from "./model-training.ts";
import { PROBES } from "./probes.ts";
import { probe } from "./probing.ts";
import { roundToHalf } from "./safetensors.ts";
import { checkSettings, SETTINGS, type Settings } from "./settings.ts";

/** Fewer words leave nothing to hold out or no full batch. */
const MIN_PIECES = 1000;

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
  checkSettings(settings);
  const random = new Random(settings.seed);
  progress("cutting texts into pieces");
  const pieces = cutPieces(documents.map((document) => document.training));
  const heldOutPieces = cutPieces(documents.flatMap((document) => document.heldOut));
  if (pieces.sequence.length < MIN_PIECES || heldOutPieces.distinct.length === 0) {
    throw new RangeError(`makeSample: expected texts of at least ${MIN_PIECES} words`);
  }
  progress("learning merges");
  const bpe = learnBPE(countPieces(pieces), settings.vocab - 1);
  const passes = encodePasses(pieces, bpe, settings, random);
  const training = passes.at(-1)!;
  const occurrences = countTokens(passes, bpe.tokens.length + 1);
  const model = train(passes, occurrences, settings, random, progress);
  // what is measured is what is written
  for (const parameters of [model.embeddings, model.positions, model.projection, model.bias]) {
    roundToHalf(parameters);
  }
  progress("measuring on held-out text");
  const files = modelFiles(model, bpe, occurrences, settings);
  const card = modelCard({
    documents,
    settings,
    bpe,
    occurrences,
    ...measure(model, training, encodePieces(heldOutPieces, bpe)),
    probes: await probe(PROBES, model, finder(bpe)),
    files: new Map(Array.from(files, ([name, bytes]) => [name, bytes.length])),
  });
  return files.set("README.md", new TextEncoder().encode(card));
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

function measure(
  model: LanguageModel,
  training: Int32Array,
  heldOut: Int32Array,
): Pick<SampleReport, "perplexity" | "heldOutTokens"> {
  const except = model.vocab - 1;
  const measured = { training, heldOut, vocab: model.vocab, except };
  return {
    perplexity: {
      model: modelPerplexity(model, heldOut, except),
      unigram: unigramPerplexity(measured),
      bigram: bigramPerplexity(measured),
    },
    heldOutTokens: heldOut.filter((token) => token !== except).length,
  };
}

function finder(bpe: BPE): (text: string) => number | undefined {
  const ids = new Map(bpe.tokens.map((bytes, id) => [toAlphabet(bytes), id]));
  return (text) => ids.get(toAlphabet(new TextEncoder().encode(text)));
}
