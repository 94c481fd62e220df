/**
 * Families of language models, and how each names its two token matrices: the one that token ids enter by
 * (input), and the one that logits leave by (output). To teach a family, add a line.
 *
 * Names are those of published files, as the modeling code of Hugging Face's transformers (4.57, 5.18), the
 * models' own code, and llama.cpp's gguf-py/gguf/tensor_mapping.py know them. They are checked
 * against real shapes in `test/model/families/families.test.ts`; where those were found stands there.
 */

/** How a family of models names and ties its token matrices. */
export interface Family {
  readonly name: string;
  /** The values of `model_type` in config.json. */
  readonly types: readonly string[];
  /** Names of the input matrix, best first; each alone or after a prefix and a dot. */
  readonly input: readonly string[];
  /** Names of the output matrix; none where the family has no such matrix of its own. */
  readonly output: readonly string[];
  /** The fields of config.json that state the width of the input matrix. */
  readonly width: readonly string[];
  /** Whether the output is the input matrix where config.json does not say: the configuration's default. */
  readonly tied: boolean;
  /** How the names of some tensors begin in files of this family alone, which often come without config.json. */
  readonly sign?: string;
}

/** The names that most decoders have taken from LLaMA's. */
const llama = {
  input: ["embed_tokens.weight"],
  output: ["lm_head.weight"],
  width: ["hidden_size"],
} as const;

/** Encoder and decoder share one matrix, of which files may hold copies or only one. */
const sequenceToSequence = {
  input: ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"],
  output: ["lm_head.weight"],
  width: ["d_model"],
} as const;

// biome-ignore format: one family to a line or two
export const FAMILIES: readonly Family[] = [
  // decoders with GPT-2's names
  { name: "GPT-2, GPT-Neo, GPT-BigCode", types: ["gpt2", "gpt_neo", "gpt_bigcode", "jais"],
    input: ["wte.weight"], output: ["lm_head.weight"], width: ["n_embd", "hidden_size"], tied: true },
  { name: "GPT-J, CodeGen", types: ["gptj", "codegen"],
    input: ["wte.weight"], output: ["lm_head.weight"], width: ["n_embd"], tied: false },
  { name: "MPT", types: ["mpt"],
    input: ["wte.weight"], output: ["lm_head.weight"], width: ["d_model"], tied: true },
  { name: "DBRX", types: ["dbrx"],
    input: ["wte.weight"], output: ["lm_head.weight"], width: ["d_model"], tied: false },
  { name: "Qwen 1", types: ["qwen"],
    input: ["wte.weight"], output: ["lm_head.weight"], width: ["hidden_size"], tied: false },
  { name: "EXAONE 3", types: ["exaone"],
    input: ["wte.weight"], output: ["lm_head.weight"], width: ["hidden_size"], tied: true },
  { name: "OLMo (original files)", types: ["hf_olmo"],
    input: ["wte.weight"], output: ["transformer.ff_out.weight"], width: ["d_model"], tied: true },
  { name: "Phi 1 (original files)", types: ["phi-msft", "mixformer-sequential"],
    input: ["embd.wte.weight", "layers.0.wte.weight"], output: ["lm_head.linear.weight"],
    width: ["n_embd"], tied: false },
  { name: "GPT", types: ["openai-gpt"],
    input: ["tokens_embed.weight"], output: ["lm_head.weight"], width: ["n_embd"], tied: true },

  // decoders with names of their own
  { name: "GPT-NeoX, Pythia", types: ["gpt_neox"],
    input: ["embed_in.weight"], output: ["embed_out.weight", "lm_head.weight"],
    width: ["hidden_size"], tied: false },
  { name: "BLOOM", types: ["bloom"],
    input: ["word_embeddings.weight"], output: ["lm_head.weight"],
    width: ["hidden_size", "n_embed"], tied: true },
  { name: "Falcon", types: ["falcon", "RefinedWeb", "RefinedWebModel"],
    input: ["word_embeddings.weight"], output: ["lm_head.weight"],
    width: ["hidden_size", "n_embed"], tied: true },
  { name: "ChatGLM", types: ["chatglm"],
    input: ["word_embeddings.weight"], output: ["output_layer.weight", "lm_head.weight"],
    width: ["hidden_size"], tied: false },
  { name: "InternLM 2", types: ["internlm2"],
    input: ["tok_embeddings.weight"], output: ["output.weight"], width: ["hidden_size"], tied: false },
  { name: "OpenELM", types: ["openelm"],
    input: ["token_embeddings.weight"], output: ["lm_head.weight"], width: ["model_dim"], tied: false },
  { name: "Mamba, Falcon-Mamba", types: ["mamba", "falcon_mamba"],
    input: ["backbone.embeddings.weight", "backbone.embedding.weight", "embeddings.weight"],
    output: ["lm_head.weight"], width: ["hidden_size", "d_model"], tied: true },
  { name: "Mamba 2", types: ["mamba2"],
    input: ["backbone.embeddings.weight", "backbone.embedding.weight", "embeddings.weight"],
    output: ["lm_head.weight"], width: ["hidden_size", "d_model"], tied: false },
  { name: "RWKV", types: ["rwkv", "rwkv5", "rwkv6", "rwkv7"],
    input: ["embeddings.weight", "emb.weight"], output: ["head.weight", "lm_head.weight"],
    width: ["hidden_size", "n_embd"], tied: false, sign: "blocks.0.att." },
  { name: "CTRL", types: ["ctrl"],
    input: ["w.weight"], output: ["lm_head.weight"], width: ["n_embd"], tied: true },

  // decoders with LLaMA's names
  { name: "LLaMA", types: ["llama", "llama4", "llama4_text", "mllama", "mllama_text_model", "llava"],
    ...llama, tied: false },
  { name: "Mistral, Mixtral", types: ["mistral", "mixtral", "ministral", "ministral3", "mistral4"],
    ...llama, tied: false },
  { name: "Qwen 2, 3 and their mixtures of experts",
    types: ["qwen2", "qwen2_moe", "qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text", "qwen3",
      "qwen3_moe", "qwen3_next", "qwen3_vl", "qwen3_vl_text", "qwen3_vl_moe", "qwen3_vl_moe_text",
      "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text", "qwen2_5_omni", "qwen2_5_omni_text",
      "qwen3_omni_moe", "qwen3_omni_moe_text"],
    ...llama, tied: false },
  { name: "Gemma 1 to 4, PaliGemma",
    types: ["gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "gemma3n_text", "gemma4", "gemma4_text",
      "recurrent_gemma", "vaultgemma", "paligemma"],
    ...llama, tied: true },
  { name: "Phi", types: ["phi", "phi3", "phi3_v", "phimoe", "phi4_multimodal", "phi4mm"],
    ...llama, tied: false },
  { name: "OLMo 1 to 3, OLMoE", types: ["olmo", "olmo2", "olmo3", "olmoe", "flex_olmo"],
    ...llama, tied: false },
  { name: "StableLM", types: ["stablelm", "stablelm_epoch"], ...llama, tied: false },
  { name: "Cohere Command", types: ["cohere", "cohere2"], ...llama, tied: true },
  { name: "DeepSeek, Kimi", types: ["deepseek", "deepseek_v2", "deepseek_v3", "deepseek_v32", "kimi_k2"],
    ...llama, tied: false },
  { name: "Granite", types: ["granite", "granitemoe", "granitemoeshared", "granitemoehybrid"],
    ...llama, tied: false },
  { name: "StarCoder 2, SmolLM 3, ERNIE 4.5, LFM 2, MiniCPM",
    types: ["starcoder2", "smollm3", "ernie4_5", "ernie4_5_moe", "lfm2", "lfm2_moe", "minicpm", "minicpm3"],
    ...llama, tied: true },
  { name: "GPT-OSS, GLM 4, Nemotron, Persimmon, Jamba, Baichuan, InternLM",
    types: ["gpt_oss", "glm", "glm4", "glm4_moe", "glm4_moe_lite", "nemotron", "persimmon", "jamba",
      "baichuan", "internlm", "internlm3", "minimax", "seed_oss", "exaone4", "apertus", "bitnet"],
    ...llama, tied: false },
  { name: "OPT", types: ["opt"], input: llama.input, output: llama.output,
    width: ["word_embed_proj_dim", "hidden_size"], tied: true },
  { name: "XGLM", types: ["xglm"], input: llama.input, output: llama.output, width: ["d_model"], tied: true },
  { name: "BioGPT", types: ["biogpt"], input: llama.input, output: ["output_projection.weight"],
    width: ["hidden_size"], tied: true },

  // encoders with decoders
  { name: "T5, mT5, UMT5, LongT5", types: ["t5", "mt5", "umt5", "longt5", "switch_transformers"],
    ...sequenceToSequence, tied: true },
  { name: "BART, mBART, Pegasus, Blenderbot, LED, M2M100, NLLB, Marian",
    types: ["bart", "mbart", "pegasus", "pegasus_x", "bigbird_pegasus", "blenderbot", "blenderbot-small",
      "led", "m2m_100", "nllb-moe", "marian", "plbart", "mvp"],
    ...sequenceToSequence, tied: true },
  { name: "Whisper", types: ["whisper"],
    input: ["decoder.embed_tokens.weight", "decoder.token_embedding.weight"],
    output: ["proj_out.weight"], width: ["d_model"], tied: true },

  // encoders
  { name: "BERT, ERNIE, BigBird, Nomic BERT",
    types: ["bert", "ernie", "big_bird", "megatron-bert", "nomic_bert", "layoutlm", "nystromformer"],
    input: ["word_embeddings.weight"], output: ["cls.predictions.decoder.weight"],
    width: ["hidden_size", "n_embd"], tied: true },
  { name: "RoBERTa, XLM-R, CamemBERT, Longformer, MPNet, ESM",
    types: ["roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "longformer", "mpnet", "esm",
      "data2vec-text", "roberta-prelayernorm", "xmod", "ibert"],
    input: ["word_embeddings.weight"], output: ["lm_head.decoder.weight"],
    width: ["hidden_size"], tied: true },
  { name: "DistilBERT", types: ["distilbert"],
    input: ["word_embeddings.weight"], output: ["vocab_projector.weight"], width: ["dim"], tied: true },
  { name: "ELECTRA", types: ["electra"],
    input: ["word_embeddings.weight"], output: ["generator_lm_head.weight"],
    width: ["embedding_size"], tied: true },
  { name: "DeBERTa", types: ["deberta", "deberta-v2"],
    input: ["word_embeddings.weight"],
    output: ["cls.predictions.decoder.weight", "lm_predictions.lm_head.weight"],
    width: ["embedding_size", "hidden_size"], tied: true },
  { name: "ALBERT", types: ["albert"],
    input: ["word_embeddings.weight"], output: ["predictions.decoder.weight"],
    width: ["embedding_size"], tied: true },
  { name: "RoFormer, ConvBERT", types: ["roformer", "convbert"],
    input: ["word_embeddings.weight"],
    output: ["cls.predictions.decoder.weight", "generator_lm_head.weight"],
    width: ["embedding_size", "hidden_size"], tied: true },
  // the output is put together from two tensors, so it is no matrix of the file
  { name: "MobileBERT", types: ["mobilebert"],
    input: ["word_embeddings.weight"], output: [], width: ["embedding_size"], tied: false },
  { name: "RemBERT", types: ["rembert"],
    input: ["word_embeddings.weight"], output: ["cls.predictions.decoder.weight"],
    width: ["input_embedding_size"], tied: false },
  { name: "ModernBERT", types: ["modernbert", "modernbert-decoder"],
    input: ["tok_embeddings.weight"], output: ["decoder.weight"], width: ["hidden_size"], tied: true },
  { name: "XLNet", types: ["xlnet"],
    input: ["word_embedding.weight"], output: ["lm_loss.weight"], width: ["d_model"], tied: true },
  { name: "XLM, FlauBERT", types: ["xlm", "flaubert"],
    input: ["embeddings.weight"], output: ["pred_layer.proj.weight"],
    width: ["emb_dim"], tied: true },

  // vectors of tokens alone
  { name: "Model2Vec", types: ["model2vec"],
    input: ["embeddings"], output: [], width: ["hidden_dim"], tied: false },

  // texts beside pictures: nothing comes out as tokens
  { name: "CLIP, SigLIP",
    types: ["clip", "clip_text_model", "clipseg", "siglip", "siglip2", "siglip_text_model", "siglip2_text_model"],
    input: ["token_embedding.weight"], output: [], width: ["hidden_size"], tied: false },
];

/** Names of input matrices that many other tensors bear too: looked for in models of their families only. */
const TOO_COMMON = ["embeddings.weight", "emb.weight", "w.weight", "embeddings"];

const INPUTS: readonly string[] = distinct(({ input }) => input);
/** The names to look for where the family is not known. */
export const KNOWN_INPUTS: readonly string[] = INPUTS.filter((name) => !TOO_COMMON.includes(name));
export const KNOWN_OUTPUTS: readonly string[] = distinct(({ output }) => output);
/** All names of token matrices. */
export const TOKEN_MATRICES: readonly string[] = [...INPUTS, ...KNOWN_OUTPUTS];
/** The fields of config.json that may state the width. */
export const KNOWN_WIDTHS: readonly string[] = distinct(({ width }) => width);

function distinct(names: (family: Family) => readonly string[]): string[] {
  return [...new Set(FAMILIES.flatMap(names))];
}

/** The family of which these tensors bear the sign. */
export function familyOfTensors(names: readonly string[]): Family | undefined {
  return FAMILIES.find(
    ({ sign }) => sign !== undefined && names.some((name) => name.startsWith(sign)),
  );
}

/** The family of this `model_type`, or else of this class (`"GPT2LMHeadModel"`). */
export function familyOf(
  type: string | undefined,
  architecture: string | undefined,
): Family | undefined {
  const byType = FAMILIES.find(({ types }) => type !== undefined && types.includes(type));
  if (byType !== undefined || type !== undefined || architecture === undefined) return byType;
  const bare = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const [stem = ""] = architecture.split(/(?=For[A-Z]|LMHead|Model$|TextModel|WithLMHead)/, 1);
  return FAMILIES.find(({ types }) => types.some((name) => bare(name) === bare(stem)));
}
