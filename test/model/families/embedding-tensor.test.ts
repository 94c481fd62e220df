import { describe, expect, test } from "vitest";
import { UnsupportedError } from "../../../src/errors.ts";
import {
  bearsName,
  isTokenMatrixName,
  isTransposed,
} from "../../../src/model/families/embedding-tensor.ts";
import {
  type ModelConfig,
  modelConfig,
  withFamily,
} from "../../../src/model/families/model-config.ts";
import {
  choiceNotes,
  chooseMatrix,
  tokenMatrices,
} from "../../../src/model/families/token-matrices.ts";
import type { TensorInfo } from "../../../src/model/model.ts";

const tensor = (name: string, ...shape: number[]): TensorInfo => ({ name, dtype: "F32", shape });
const anySize = modelConfig(undefined);
const find = (
  tensors: TensorInfo[],
  config: ModelConfig = anySize,
  matrix: "input" | "output" = "input",
) => chooseMatrix(matrix, tensors, tokenMatrices(tensors, config), config, "m").name;
const configSize = (fields: Record<string, unknown>) => modelConfig(fields);

test.each([
  "wte.weight",
  "transformer.wte.weight",
  "model.embed_tokens.weight",
  "language_model.model.embed_tokens.weight",
  "model.language_model.embed_tokens.weight",
  "model.decoder.embed_tokens.weight",
  "gpt_neox.embed_in.weight",
  "embed_in.weight",
  "embeddings.word_embeddings.weight",
  "bert.embeddings.word_embeddings.weight",
  "roberta.embeddings.word_embeddings.weight",
])("%s is known", (name) => {
  const others = [
    tensor("wpe.weight", 8, 4),
    tensor("lm_head.weight", 9, 4),
    tensor("wte.bias", 4),
  ];
  expect(find([...others, tensor(name, 9, 4)])).toBe(name);
});

test("a name that only ends like a known one is not", () => {
  expect(() => find([tensor("my_wte.weight", 9, 4)])).toThrow(UnsupportedError);
  expect(() => find([tensor("wte.weight", 36)])).toThrow("there is no matrix");
});

describe("the configuration", () => {
  test("decides between several", () => {
    const tensors = [
      tensor("model.embed_tokens.weight", 512, 64),
      tensor("vision.embed_tokens.weight", 16, 64),
      tensor("audio.embed_tokens.weight", 512, 32),
    ];
    const size = configSize({ vocab_size: 512, hidden_size: 64 });
    expect(find(tensors, size)).toBe("model.embed_tokens.weight");
    expect(() => find(tensors)).toThrow(
      "m: several tensors could be the token embedding; choose one with --tensor (option tensor): " +
        "model.embed_tokens.weight (F32 512 x 64), audio.embed_tokens.weight (F32 512 x 32), " +
        "vision.embed_tokens.weight (F32 16 x 64)",
    );
  });

  test("is also found in text_config, and rows may be padded", () => {
    const size = configSize({ hidden_size: 7, text_config: { vocab_size: 500, hidden_size: 64 } });
    expect(size).toMatchObject({ vocab: 500, widths: [64] });
    expect(find([tensor("wte.weight", 512, 64)], size)).toBe("wte.weight");
  });

  test("takes an embedding narrower than the model", () => {
    const albert = configSize({ vocab_size: 30, hidden_size: 768, embedding_size: 128 });
    expect(find([tensor("embeddings.word_embeddings.weight", 30, 128)], albert)).toContain("word");
  });

  test("that does not fit is an error that names both sizes", () => {
    const size = configSize({ vocab_size: 50_257, n_embd: 1024 });
    expect(() => find([tensor("wte.weight", 50_257, 768)], size)).toThrow(
      "config.json asks for a token embedding of 50257 x 1024, which none has",
    );
    expect(() => find([tensor("wte.weight", 50_256, 1024)], size)).toThrow(
      "wte.weight (F32 50256 x 1024)",
    );
  });

  test("that does not fit a matrix packed into integers, as MLX does, says so", () => {
    const packed = { ...tensor("model.embed_tokens.weight", 512, 8), dtype: "U32" };
    const scales = tensor("model.embed_tokens.scales", 512, 1);
    const size = configSize({ model_type: "llama", vocab_size: 512, hidden_size: 64 });
    expect(() => find([packed, scales], size)).toThrow(
      new UnsupportedError(
        "m: model.embed_tokens.weight has dtype U32; rows are read from F64, F32, F16, BF16 and F8; if the model is quantized (by MLX, for example), take the one that it was made from",
        { feature: "embedding tensor" },
      ),
    );
  });

  test.each([null, "512", -1, 0, 1.5, {}])("with %j as a size says nothing", (value) => {
    expect(configSize({ vocab_size: value, hidden_size: value })).toMatchObject({
      vocab: undefined,
      widths: [],
    });
  });
});

describe("an unknown name", () => {
  const config = modelConfig({ model_type: "new", vocab_size: 500, hidden_size: 64 });
  const tensors = [
    tensor("net.tokens.table", 512, 64),
    tensor("net.0.proj", 256, 64),
    tensor("net.lm_head.weight", 512, 64),
  ];

  test("is found by the sizes, and that is said", () => {
    const matrices = tokenMatrices(tensors, config);
    expect(matrices).toMatchObject({ input: "net.tokens.table", guessed: true, family: null });
    const chosen = chooseMatrix("input", tensors, matrices, config, "m");
    expect(choiceNotes("input", chosen, matrices)).toEqual([
      "net.tokens.table is taken for the token embedding because it alone has the sizes of config.json; another can be chosen with --tensor (option tensor)",
    ]);
  });

  test("is not guessed among several, nor without both sizes", () => {
    expect(() => find([...tensors, tensor("net.other", 500, 64)], config)).toThrow(
      "m: no tensor is known to be the token embedding; choose one with --tensor",
    );
    expect(() => find(tensors, modelConfig({ vocab_size: 500 }))).toThrow("no tensor is known");
    expect(() => find(tensors)).toThrow("no tensor is known");
  });
});

describe("without a configuration", () => {
  const shared = tensor("model.shared.weight", 9, 4);
  const encoder = tensor("model.encoder.embed_tokens.weight", 9, 4);
  const decoder = tensor("model.decoder.embed_tokens.weight", 9, 4);

  test("what encoder and decoder share comes before their copies", () => {
    expect(find([encoder, shared, decoder, tensor("lm_head.weight", 9, 4)])).toBe(shared.name);
  });

  test("which are no copies if they are of another size", () => {
    const other = tensor("model.decoder.embed_tokens.weight", 12, 4);
    expect(() => find([encoder, shared, other])).toThrow("several tensors could be");
    expect(() => find([encoder, decoder])).toThrow("several tensors could be");
  });

  test("a family's common names are looked for where its sign is", () => {
    const rwkv = [
      tensor("emb.weight", 9, 4),
      tensor("blocks.0.att.key.weight", 4, 4),
      tensor("head.weight", 9, 4),
    ];
    expect(() => find([rwkv[0]!, tensor("blocks.0.attn.weight", 4, 4)])).toThrow(
      "no tensor is known",
    );
    const config = withFamily(
      anySize,
      rwkv.map(({ name }) => name),
    );
    expect(config.family?.name).toBe("RWKV");
    expect(find(rwkv, config)).toBe("emb.weight");
    const gpt2 = modelConfig({ model_type: "gpt2" });
    expect(withFamily(gpt2, ["blocks.0.att.key.weight"])).toBe(gpt2);
  });

  test.each([
    ["model.wte.weight", true],
    ["emb.weight", true],
    ["embeddings", true],
    ["head.weight", true],
    ["model.norm.weight", false],
  ])("rows of %s are tokens: %s", (name, expected) => {
    expect(isTokenMatrixName(name)).toBe(expected);
  });
});

describe("names in numbered layers are copies", () => {
  test.each([
    ["model.layers.61.embed_tokens.weight", false],
    ["mtp.embed_tokens.weight", false],
    ["h.0.wte.weight", false],
    ["model.mtp2.embed_tokens.weight", true],
    ["model.embed_tokens.weight", true],
  ])("%s: %s", (name, expected) => {
    expect(bearsName(name, ["embed_tokens.weight", "wte.weight"])).toBe(expected);
  });

  test("unless a family names its own so", () => {
    const phi = modelConfig({ model_type: "mixformer-sequential", n_embd: 4, vocab_size: 9 });
    expect(find([tensor("layers.0.wte.weight", 9, 4)], phi)).toBe("layers.0.wte.weight");
  });
});

describe("the output matrix", () => {
  const embedding = tensor("model.embed_tokens.weight", 9, 4);
  const head = tensor("lm_head.weight", 9, 4);
  const config = (more: Record<string, unknown>) =>
    modelConfig({ model_type: "llama", vocab_size: 9, hidden_size: 4, ...more });
  const tie = (tied: boolean) => config({ tie_word_embeddings: tied });
  const gemma = config({ model_type: "gemma2" });

  test.each([
    ["stored, untied by config.json", [embedding, head], tie(false), "lm_head.weight", false],
    ["stored, tied by config.json", [embedding, head], tie(true), "lm_head.weight", true],
    ["stored, untied by default", [embedding, head], config({}), "lm_head.weight", false],
    ["stored in an unknown family", [embedding, head], anySize, "lm_head.weight", false],
    ["not stored, tied by config.json", [embedding], tie(true), "model.embed_tokens.weight", true],
    ["not stored, tied by default", [embedding], gemma, "model.embed_tokens.weight", true],
    ["not stored, nothing known", [embedding], anySize, "model.embed_tokens.weight", true],
  ])("%s", (_, tensors, config, name, tied) => {
    expect(tokenMatrices(tensors, config).tied).toBe(tied);
    expect(find(tensors, config, "output")).toBe(name);
    expect(find(tensors, config)).toBe("model.embed_tokens.weight");
  });

  test("that is the input, or should be, is said to be", () => {
    const notes = (tensors: TensorInfo[]) => {
      const matrices = tokenMatrices(tensors, tie(true));
      const chosen = chooseMatrix("output", tensors, matrices, tie(true), "m");
      return choiceNotes("output", chosen, matrices);
    };
    expect(notes([embedding])).toEqual([
      "the output matrix is tied to the input (config.json says so): these are the rows of model.embed_tokens.weight",
    ]);
    expect(notes([embedding, head])).toEqual([
      "the output matrix is tied to the input (config.json says so), but stored by itself too: these are the rows of lm_head.weight",
    ]);
  });

  test("that is not there is an error, not another matrix", () => {
    expect(() => find([embedding], tie(false), "output")).toThrow(
      "m: there is no output matrix to read: none is stored, and config.json does not tie it to the input",
    );
    expect(() => find([embedding], config({}), "output")).toThrow(
      "none is stored, and neither config.json nor the default of LLaMA ties it to the input",
    );
    const clip = modelConfig({ model_type: "clip_text_model", vocab_size: 9, hidden_size: 4 });
    const texts = [tensor("text_model.embeddings.token_embedding.weight", 9, 4)];
    expect(() => find(texts, clip, "output")).toThrow("CLIP, SigLIP has no output matrix");
    const twice = [embedding, head, tensor("talker.lm_head.weight", 9, 4)];
    expect(() => find(twice, tie(false), "output")).toThrow(
      "several tensors could be the output matrix: lm_head.weight, talker.lm_head.weight",
    );
  });

  test.each([
    ["BertModel", "bert"],
    ["BertForSequenceClassification", "bert"],
    ["T5EncoderModel", "t5"],
    ["ElectraForPreTraining", "electra"],
    ["DPRContextEncoder", "dpr"],
    ["Gemma3TextModel", "gemma3_text"],
  ])("is none of a class without a head: %s", (architecture, type) => {
    const encoder = config({ architectures: [architecture], model_type: type, d_model: 4 });
    expect(tokenMatrices([embedding], encoder).tied).toBeNull();
    expect(() => find([embedding], encoder, "output")).toThrow(
      `no output matrix to read: ${architecture} has no head that gives tokens`,
    );
    // what is stored all the same is there
    expect(find([embedding, head], encoder, "input")).toBe("model.embed_tokens.weight");
  });

  test.each([
    ["BertForPreTraining", "bert"],
    ["MarianMTModel", "marian"],
    ["GPT2LMHeadModel", "gpt2"],
    ["XLMWithLMHeadModel", "xlm"],
    ["T5WithLMHeadModel", "t5"],
    ["VisionEncoderDecoderModel", "vision-encoder-decoder"],
  ])("is the input of a class with one: %s", (architecture, type) => {
    const size = { model_type: type, d_model: 4, n_embd: 4, emb_dim: 4 };
    const headed = config({ architectures: [architecture], ...size });
    expect(find([embedding], headed, "output")).toBe("model.embed_tokens.weight");
  });

  test("is tied as the text part says: LLaVA-OneVision 0.5B, whose whole says otherwise", () => {
    const parts = (outer: Record<string, unknown>, text: Record<string, unknown>) =>
      modelConfig({
        ...{ model_type: "llava_onevision", ...outer },
        text_config: { model_type: "qwen2", vocab_size: 9, hidden_size: 4, ...text },
      });
    const yes = { tie_word_embeddings: true };
    const no = { tie_word_embeddings: false };
    expect(tokenMatrices([embedding], parts(no, yes)).tied).toBe(true);
    expect(tokenMatrices([embedding, head], parts(yes, no)).tied).toBe(false);
    expect(tokenMatrices([embedding], parts(yes, {})).tied).toBe(true);
    expect(tokenMatrices([embedding], parts(no, {})).tied).toBeNull();
  });

  describe("that is stored, but does not fit, is an error and not the input's rows", () => {
    test.each([
      [
        "a reward head",
        [embedding, tensor("lm_head.weight", 1, 4)],
        config({}),
        "lm_head.weight",
        "1, 4",
      ],
      [
        "and tied",
        [embedding, tensor("lm_head.weight", 1, 4)],
        tie(true),
        "lm_head.weight",
        "1, 4",
      ],
      [
        "half of Llama 2 13B, without a configuration",
        [tensor("tok_embeddings.weight", 32000, 2560), tensor("output.weight", 16000, 5120)],
        anySize,
        ...["output.weight", "16000, 5120"],
      ],
      [
        "half of Llama 2 13B, whose width alone is stated",
        [tensor("tok_embeddings.weight", 32000, 2560), tensor("output.weight", 16000, 5120)],
        modelConfig({ dim: 5120, vocab_size: -1 }, "params.json"),
        ...["output.weight", "16000, 5120"],
      ],
    ] as const)("%s", (_, tensors, config, name, shape) => {
      const reason = `${name} has shape (${shape}), without a row for every token`;
      expect(tokenMatrices(tensors, config)).toMatchObject({ output: null, tied: null, reason });
      expect(() => find([...tensors], config, "output")).toThrow(
        `there is no output matrix to read: ${reason}`,
      );
    });

    test("unless config.json ties a model of no known family", () => {
      const unknown = modelConfig({ model_type: "new", vocab_size: 9, tie_word_embeddings: true });
      const tensors = [embedding, tensor("vision.head.weight", 1, 4)];
      expect(find(tensors, unknown, "output")).toBe("model.embed_tokens.weight");
    });
  });

  test("has rows for the tokens that it gives: Marian between two vocabularies", () => {
    const marian = (target: number) =>
      modelConfig({
        ...{ model_type: "marian", d_model: 4, vocab_size: 9, decoder_vocab_size: target },
        ...{ share_encoder_decoder_embeddings: false, tie_word_embeddings: false },
      });
    const tensors = [
      tensor("model.encoder.embed_tokens.weight", 9, 4),
      tensor("lm_head.weight", 7, 4),
    ];
    expect(find(tensors, marian(7), "output")).toBe("lm_head.weight");
    expect(() => find(tensors, marian(8), "output")).toThrow("without a row for every token");
  });

  test("is the decoder's own embedding where Marian ties it to that", () => {
    const marian = (tied: boolean | undefined) =>
      modelConfig({
        ...{ model_type: "marian", d_model: 4, vocab_size: 9, decoder_vocab_size: 7 },
        ...{ share_encoder_decoder_embeddings: false, tie_word_embeddings: tied },
      });
    const tensors = [
      tensor("model.encoder.embed_tokens.weight", 9, 4),
      tensor("model.decoder.embed_tokens.weight", 7, 4),
    ];
    for (const tied of [true, undefined]) {
      expect(find(tensors, marian(tied))).toBe("model.encoder.embed_tokens.weight");
      expect(find(tensors, marian(tied), "output")).toBe("model.decoder.embed_tokens.weight");
      expect(tokenMatrices(tensors, marian(tied)).tied).toBe(false);
    }
    expect(() => find(tensors, marian(false), "output")).toThrow("does not tie it");
    const head = [...tensors, tensor("lm_head.weight", 7, 4)];
    expect(find(head, marian(true), "output")).toBe("lm_head.weight");
  });

  test("may lack tokens that only enter: Llama 3.2 Vision without its configuration", () => {
    const vision = [
      tensor("language_model.model.embed_tokens.weight", 128264, 4096),
      tensor("language_model.lm_head.weight", 128256, 4096),
    ];
    expect(tokenMatrices(vision, anySize)).toMatchObject({ tied: false });
    expect(find(vision, anySize, "output")).toBe("language_model.lm_head.weight");
  });

  test("needs a row, or a column, for every token", () => {
    const turned = tensor("lm_head.weight", 4, 9);
    expect(find([embedding, turned], tie(false), "output")).toBe("lm_head.weight");
    expect(isTransposed([4, 9], 9)).toBe(true);
    expect(isTransposed([9, 4], 9)).toBe(false);
    expect(isTransposed([9, 9], 9)).toBe(false);
    expect(isTransposed([4, 9], undefined)).toBe(false);
  });
});
