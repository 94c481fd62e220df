/** The model as files, in the layout of Hugging Face. */
import type { BPE } from "./bpe.ts";
import type { LanguageModel } from "./language-model.ts";
import { type NamedTensor, safetensors } from "./safetensors.ts";
import type { Settings } from "./settings.ts";
import { tokenizerJson } from "./tokenizer-json.ts";

/** The files by name: weights, configuration, vocabulary and how often training saw each token. */
export function modelFiles(
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
