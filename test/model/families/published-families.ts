/**
 * Names, shapes and configurations of models as their publishers' files have them, for families and
 * layouts that transformers itself does not write: older files, models with their own code, several parts.
 * Only facts are taken over; each says where it was found. The names that are not in a public index are
 * those of llama.cpp's gguf-py/gguf/tensor_mapping.py, which lists them by family.
 */
export interface PublishedCase {
  readonly model: string;
  /** Repositories and files that state the facts. */
  readonly source: string;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  readonly input: string;
  /** Null where none is stored. */
  readonly output: string | null;
  readonly tied: boolean | null;
  /** What the model's own configuration class says where config.json says nothing. */
  readonly tiedByDefault?: boolean | null;
}

const MAPPING = "ggml-org/llama.cpp gguf-py/gguf/tensor_mapping.py";

export const PUBLISHED: readonly PublishedCase[] = [
  {
    model: "Qwen 1 7B chat",
    source: `stvlynn/Qwen-7B-Chat-Cantonese config.json, model.safetensors.index.json; ${MAPPING}`,
    config: {
      architectures: ["QWenLMHeadModel"],
      ...{ model_type: "qwen", hidden_size: 4096, vocab_size: 151936, tie_word_embeddings: false },
    },
    tensors: {
      "lm_head.weight": [151936, 4096],
      "transformer.h.0.attn.c_attn.weight": [12288, 4096],
      "transformer.wte.weight": [151936, 4096],
    },
    ...{ input: "transformer.wte.weight", output: "lm_head.weight", tied: false },
    tiedByDefault: false,
  },
  {
    model: "EXAONE 3.5 2.4B",
    source: `the model's report (arXiv 2412.04862), table of configurations; its configuration_exaone.py; ${MAPPING}`,
    config: {
      architectures: ["ExaoneForCausalLM"],
      ...{ model_type: "exaone", hidden_size: 2560, vocab_size: 102400, tie_word_embeddings: true },
    },
    tensors: {
      "transformer.wte.weight": [102400, 2560],
      "transformer.h.0.mlp.c_fc_0.weight": [7168, 2560],
    },
    ...{ input: "transformer.wte.weight", output: null, tied: true, tiedByDefault: true },
  },
  {
    model: "DBRX",
    source: `${MAPPING}; shapes: databricks/dbrx-base, as transformers models/dbrx knows it; tying it is refused there`,
    config: {
      architectures: ["DbrxForCausalLM"],
      ...{ model_type: "dbrx", d_model: 6144, vocab_size: 100352, tie_word_embeddings: false },
    },
    tensors: { "transformer.wte.weight": [100352, 6144], "lm_head.weight": [100352, 6144] },
    ...{ input: "transformer.wte.weight", output: "lm_head.weight", tied: false },
    tiedByDefault: false,
  },
  {
    model: "BLOOM 176B, whose configuration calls the width n_embed",
    source: `amansingh61/bloom config.json; PaddleNLP quotes BloomModel of bigscience/bloom-560m too; ${MAPPING}`,
    config: {
      architectures: ["BloomModel"],
      ...{ model_type: "bloom", n_embed: 14336, vocab_size: 250880 },
    },
    tensors: {
      "word_embeddings.weight": [250880, 14336],
      "h.0.self_attention.query_key_value.weight": [43008, 14336],
    },
    ...{ input: "word_embeddings.weight", output: null, tied: true },
  },
  {
    model: "Gemma 3 27B with its vision tower (MedGemma)",
    source: "Ibtasam-98/medgemma-27b-it config.json, model.safetensors.index.json",
    config: {
      architectures: ["Gemma3ForConditionalGeneration"],
      model_type: "gemma3",
      text_config: { hidden_size: 5376, model_type: "gemma3_text", vocab_size: 262208 },
      vision_config: { hidden_size: 1152, model_type: "siglip_vision_model" },
    },
    tensors: {
      "language_model.model.embed_tokens.weight": [262208, 5376],
      "language_model.model.layers.0.mlp.down_proj.weight": [5376, 21504],
      "vision_tower.vision_model.embeddings.position_embedding.weight": [4096, 1152],
    },
    ...{ input: "language_model.model.embed_tokens.weight", output: null, tied: true },
  },
  {
    model: "Phi 3 mini (a merge)",
    source: `YouriLalain/3PRYMMAL-PHI3-3B-SLERP config.json; ${MAPPING}`,
    config: {
      architectures: ["Phi3ForCausalLM"],
      ...{ model_type: "phi3", hidden_size: 3072, vocab_size: 32064, tie_word_embeddings: false },
    },
    tensors: {
      "lm_head.weight": [32064, 3072],
      "model.embed_tokens.weight": [32064, 3072],
      "model.layers.0.mlp.gate_up_proj.weight": [16384, 3072],
    },
    ...{ input: "model.embed_tokens.weight", output: "lm_head.weight", tied: false },
  },
  {
    model: "Granite 3.1 1B A400M, tied against its class's default",
    source: `jeremieconte/granite-3.1-1b-a400m-instruct config.json; ${MAPPING}`,
    config: {
      architectures: ["GraniteMoeForCausalLM"],
      ...{ model_type: "granitemoe", hidden_size: 1024, vocab_size: 49155 },
      tie_word_embeddings: true,
    },
    tensors: { "model.embed_tokens.weight": [49155, 1024] },
    ...{ input: "model.embed_tokens.weight", output: null, tied: true },
  },
  {
    model: "Mixtral 8x22B (WizardLM 2)",
    source: `tbressers/WizardLM-2-8x22B config.json; ${MAPPING}`,
    config: {
      architectures: ["MixtralForCausalLM"],
      ...{
        model_type: "mixtral",
        hidden_size: 6144,
        vocab_size: 32000,
        tie_word_embeddings: false,
      },
    },
    tensors: { "lm_head.weight": [32000, 6144], "model.embed_tokens.weight": [32000, 6144] },
    ...{ input: "model.embed_tokens.weight", output: "lm_head.weight", tied: false },
  },
  {
    model: "DeepSeek V3, with the copies of its module for multi-token prediction",
    source:
      "deepseek-ai/DeepSeek-V3 README_WEIGHTS.md; shapes: transformers models/deepseek_v3/configuration_deepseek_v3.py",
    config: {
      architectures: ["DeepseekV3ForCausalLM"],
      ...{ model_type: "deepseek_v3", hidden_size: 7168, vocab_size: 129280 },
      tie_word_embeddings: false,
    },
    tensors: {
      "model.embed_tokens.weight": [129280, 7168],
      "lm_head.weight": [129280, 7168],
      "model.layers.61.embed_tokens.weight": [129280, 7168],
      "model.layers.61.shared_head.head.weight": [129280, 7168],
    },
    ...{ input: "model.embed_tokens.weight", output: "lm_head.weight", tied: false },
  },
  {
    model: "GLM 4 9B with its own code, which calls the vocabulary padded_vocab_size",
    source: `THUDM/glm-4-9b-chat-1m config.json, as public tests of others quote it; ${MAPPING}`,
    config: {
      ...{ model_type: "chatglm", hidden_size: 4096, padded_vocab_size: 151552 },
      tie_word_embeddings: false,
    },
    tensors: {
      "transformer.embedding.word_embeddings.weight": [151552, 4096],
      "transformer.output_layer.weight": [151552, 4096],
    },
    input: "transformer.embedding.word_embeddings.weight",
    output: "transformer.output_layer.weight",
    tied: false,
  },
  {
    model: "InternLM 2 7B",
    source: `internlm2 config.json, as public tests of others quote it; ${MAPPING}`,
    config: {
      ...{ model_type: "internlm2", hidden_size: 4096, vocab_size: 92544 },
      tie_word_embeddings: false,
    },
    tensors: {
      "model.tok_embeddings.weight": [92544, 4096],
      "output.weight": [92544, 4096],
      "model.layers.0.attention.wo.weight": [4096, 4096],
    },
    ...{ input: "model.tok_embeddings.weight", output: "output.weight", tied: false },
    tiedByDefault: false,
  },
  {
    model: "LLaMA 2 7B as Meta's own files name it, without a config.json",
    source: `${MAPPING}; shapes: transformers models/llama/configuration_llama.py`,
    config: undefined,
    tensors: {
      "tok_embeddings.weight": [32000, 4096],
      "output.weight": [32000, 4096],
      "layers.0.attention.wq.weight": [4096, 4096],
    },
    ...{ input: "tok_embeddings.weight", output: "output.weight", tied: false },
  },
  {
    model: "Mamba 130M with its authors' code: rows padded to a multiple of 8",
    source: `LaurentMazare/mamba.rs src/constants.rs; ${MAPPING}`,
    config: { model_type: "mamba", d_model: 768, vocab_size: 50277 },
    tensors: {
      "backbone.embedding.weight": [50280, 768],
      "backbone.layers.0.mixer.in_proj.weight": [3072, 768],
      "lm_head.weight": [50280, 768],
    },
    ...{ input: "backbone.embedding.weight", output: "lm_head.weight", tied: true },
  },
  {
    model: "the same without a type: the configuration is of its authors' code",
    source: `LaurentMazare/mamba.rs src/constants.rs; ${MAPPING}`,
    config: { d_model: 768, vocab_size: 50277 },
    tensors: { "backbone.embedding.weight": [50280, 768], "lm_head.weight": [50280, 768] },
    ...{ input: "backbone.embedding.weight", output: "lm_head.weight", tied: false },
  },
  {
    model: "Phi 2 before transformers knew it",
    source: `transformers models/phi/convert_phi_weights_to_hf.py; ${MAPPING}`,
    config: { model_type: "phi-msft", n_embd: 2560, vocab_size: 51200 },
    tensors: {
      "transformer.embd.wte.weight": [51200, 2560],
      "lm_head.linear.weight": [51200, 2560],
      "transformer.h.0.mixer.Wqkv.weight": [7680, 2560],
    },
    ...{ input: "transformer.embd.wte.weight", output: "lm_head.linear.weight", tied: false },
  },
  {
    model: "RWKV 6, as Hugging Face's format has it",
    source: `${MAPPING}; shapes: transformers models/rwkv`,
    config: { model_type: "rwkv6", hidden_size: 2048, vocab_size: 65536 },
    tensors: {
      "rwkv.embeddings.weight": [65536, 2048],
      "head.weight": [65536, 2048],
      "rwkv.blocks.0.attention.key.weight": [2048, 2048],
    },
    ...{ input: "rwkv.embeddings.weight", output: "head.weight", tied: false },
  },
  {
    model: "RWKV 7",
    source: `fla-org/flash-linear-attention fla/models/rwkv7/modeling_rwkv7.py; ${MAPPING}`,
    config: { model_type: "rwkv7", hidden_size: 768, vocab_size: 65536 },
    tensors: { "model.embeddings.weight": [65536, 768], "lm_head.weight": [65536, 768] },
    ...{ input: "model.embeddings.weight", output: "lm_head.weight", tied: false },
  },
  {
    model: "RWKV 6 World 1.6B, its author's own file, which comes without config.json",
    source:
      "BlinkDL/RWKV-LM RWKV-v5/src/model.py (names of the modules); BlinkDL/ChatRWKV, which reads emb.weight, head.weight and blocks.0.att.*",
    config: undefined,
    tensors: {
      "emb.weight": [65536, 2048],
      "blocks.0.att.receptance.weight": [2048, 2048],
      "blocks.0.ffn.key.weight": [7168, 2048],
      "head.weight": [65536, 2048],
    },
    ...{ input: "emb.weight", output: "head.weight", tied: false },
  },
  {
    model: "Qwen 2.5 Omni 7B, whose text is a part of its thinker",
    source:
      "transformers models/qwen2_5_omni/configuration_qwen2_5_omni.py; sizes: public readers of thinker_config.text_config",
    config: {
      architectures: ["Qwen2_5OmniModel"],
      model_type: "qwen2_5_omni",
      talker_config: { model_type: "qwen2_5_omni_talker", vocab_size: 8448, hidden_size: 896 },
      thinker_config: {
        model_type: "qwen2_5_omni_thinker",
        text_config: { hidden_size: 3584, model_type: "qwen2_5_omni_text", vocab_size: 152064 },
      },
    },
    tensors: {
      "talker.codec_head.weight": [8448, 896],
      "talker.model.embed_tokens.weight": [8448, 3584],
      "thinker.lm_head.weight": [152064, 3584],
      "thinker.model.embed_tokens.weight": [152064, 3584],
    },
    input: "thinker.model.embed_tokens.weight",
    ...{ output: "thinker.lm_head.weight", tied: false },
  },
  {
    model: "Model2Vec (potion)",
    source:
      "MinishLab/model2vec model2vec/persistence/persistence.py, model2vec/distill/distillation.py; sizes of minishlab/potion-base-4M as osaurus's tests quote its config.json, with BERT's vocabulary less its unused tokens",
    config: {
      architectures: ["StaticModel"],
      ...{ model_type: "model2vec", hidden_dim: 128, seq_length: 1000000, normalize: true },
    },
    tensors: { embeddings: [29528, 128] },
    ...{ input: "embeddings", output: null, tied: null },
  },
  {
    model: "OpenELM 1.1B",
    source: `apple/OpenELM-1_1B config.json, as public tests of others quote it; its configuration_openelm.py; ${MAPPING}`,
    config: {
      ...{ model_type: "openelm", model_dim: 2048, vocab_size: 32000 },
      share_input_output_layers: true,
    },
    tensors: { "transformer.token_embeddings.weight": [32000, 2048] },
    ...{ input: "transformer.token_embeddings.weight", output: null, tied: true },
    tiedByDefault: false,
  },
  {
    model: "OLMo before transformers knew it: embedding_size counts rows",
    source: `datadec tests quoting hf_olmo's config.json (sizes made small there); the default: allenai/OLMo olmo/config.py; ${MAPPING}`,
    config: {
      model_type: "hf_olmo",
      d_model: 8,
      embedding_size: 16,
      vocab_size: 14,
      weight_tying: false,
    },
    tensors: {
      "model.transformer.wte.weight": [16, 8],
      "model.transformer.ff_out.weight": [16, 8],
      "model.transformer.blocks.0.ff_out.weight": [8, 16],
    },
    input: "model.transformer.wte.weight",
    output: "model.transformer.ff_out.weight",
    ...{ tied: false, tiedByDefault: true },
  },
  {
    model: "OPT 350M, whose embedding is narrower than the model",
    source:
      "if001/alpaca-lora gomi.md (the printed modules of facebook/opt-350m); transformers models/opt/modeling_opt.py",
    config: {
      architectures: ["OPTForCausalLM"],
      ...{ model_type: "opt", hidden_size: 1024, word_embed_proj_dim: 512, vocab_size: 50272 },
    },
    tensors: {
      "model.decoder.embed_tokens.weight": [50272, 512],
      "model.decoder.embed_positions.weight": [2050, 1024],
      "model.decoder.project_in.weight": [1024, 512],
      "model.decoder.project_out.weight": [512, 1024],
      "lm_head.weight": [50272, 512],
    },
    ...{ input: "model.decoder.embed_tokens.weight", output: "lm_head.weight", tied: true },
  },
  {
    model: "RWKV 7 as its author's code writes it, without a config.json",
    source: "BlinkDL/RWKV-LM RWKV-v7/rwkv_v7_demo.py (172M, trained on the Pile)",
    config: undefined,
    tensors: {
      "emb.weight": [50304, 768],
      "blocks.0.att.key.weight": [768, 768],
      "blocks.0.ffn.key.weight": [3072, 768],
      "head.weight": [50304, 768],
    },
    ...{ input: "emb.weight", output: "head.weight", tied: false },
  },
];
