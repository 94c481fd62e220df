/** What a model's `config.json` says about its token matrices. */

import { jsonObject } from "../bytes/json.ts";
import { type Family, familyOf, familyOfTensors, KNOWN_WIDTHS } from "./families.ts";

/** Sizes that a `config.json` states; undefined where it does not. */
export interface EmbeddingSize {
  readonly vocab: number | undefined;
  /** Widths that the embedding may have: the hidden size, or the embedding's own where it differs. */
  readonly widths: readonly number[];
}

export interface ModelConfig extends EmbeddingSize {
  /** The file that says it. */
  readonly file: string;
  /** Tokens that the output gives; other than those that enter where Marian translates between two vocabularies. */
  readonly outputVocab: number | undefined;
  /** Whether the decoder has tokens, and an embedding, of its own (Marian's `share_encoder_decoder_embeddings`). */
  readonly ownDecoder: boolean;
  /** The class of the model, `"GPT2LMHeadModel"`. */
  readonly architecture: string | undefined;
  readonly family: Family | undefined;
  /** Whether the output matrix is the input matrix; undefined where it does not say. */
  readonly tied: boolean | undefined;
  /** True for a class that has no head which gives tokens: encoders alone, classifiers, discriminators. */
  readonly headless: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where models of several parts keep the text's fields. */
const TEXT_PARTS = ["text_config", "llm_config", "language_config", "decoder", "thinker_config"];
const TIES = ["tie_word_embeddings", "weight_tying", "tie_embeddings", "share_input_output_layers"];
const VOCABS = ["vocab_size", "padded_vocab_size"];

/** Longest name of a class that is taken for one: it is compared with those of all families, and shown. */
const LONGEST_CLASS = 200;

/** What a parsed `config.json` (or another file) says; undefined: there is none. */
export function modelConfig(config: Fields | undefined, file = "config.json"): ModelConfig {
  const inner = textPart(config ?? {});
  const fields = new Map(Object.entries({ ...config, ...inner }));
  const architecture = className(config) ?? className(inner);
  const family =
    familyOf(text(inner?.model_type), className(inner)) ??
    familyOf(text(config?.model_type), architecture);
  const widths = (family?.width ?? KNOWN_WIDTHS).flatMap((name) => whole(fields.get(name)) ?? []);
  const vocab = VOCABS.map((name) => whole(fields.get(name))).find((size) => size !== undefined);
  return {
    ...{ file, vocab, outputVocab: whole(fields.get("decoder_vocab_size")) ?? vocab },
    ownDecoder: config?.share_encoder_decoder_embeddings === false,
    widths: [...new Set(widths)],
    architecture,
    family,
    // LLaVA-OneVision 0.5B is tied by its text part and not by the whole
    tied: tieOf(inner) ?? tieOf(config),
    headless: architecture !== undefined && HEADLESS.test(architecture),
  };
}

/** The same with the family that the tensors' names tell, where the configuration tells none. */
export function withFamily(config: ModelConfig, names: readonly string[]): ModelConfig {
  return config.family === undefined ? { ...config, family: familyOfTensors(names) } : config;
}

/**
 * Of classes; `MarianMTModel`, `GPT2LMHeadModel` and `VisionEncoderDecoderModel` have a head. `BloomModel` has none in
 * transformers, but is what BLOOM, a language model whose head is its input, was published as.
 */
const HEADLESS =
  /Classification$|ForQuestionAnswering(Simple)?$|ForMultipleChoice$|ForNextSentencePrediction$|ForRewardModel$|^ElectraForPreTraining$|Encoder$|(?<!Head|Heads|MT|EncoderDecoder|^Bloom)Model$/;

function tieOf(fields: Fields | undefined): boolean | undefined {
  return TIES.map((name) => flag(fields?.[name])).find((tie) => tie !== undefined);
}

function textPart(config: Fields): Fields | undefined {
  for (const name of TEXT_PARTS) {
    const part = jsonObject(config[name]);
    // Qwen Omni's thinker has parts itself
    if (part !== undefined) return { ...part, ...textPart(part) };
  }
  return undefined;
}

function className(config: Fields | undefined): string | undefined {
  const names = config?.architectures;
  const name = Array.isArray(names) ? text(names[0]) : undefined;
  return name !== undefined && name.length <= LONGEST_CLASS ? name : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function whole(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
