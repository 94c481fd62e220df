import type { RunOptions } from "../compute/run.ts";
import type { Matrix } from "../matrix.ts";
import type { Float8Dtype } from "./values/float8.ts";
import type { Vocabulary } from "./vocabulary/vocabulary.ts";

/** Element types that rows are read from; as safetensors and GGUF name them. */
export type Dtype = "F64" | "F32" | "F16" | "BF16" | Float8Dtype | BlockDtype;

/** Quantized types of GGUF: blocks of values that share a scale. */
export type BlockDtype =
  | ("Q4_0" | "Q4_1" | "Q5_0" | "Q5_1" | "Q8_0")
  | ("Q2_K" | "Q3_K" | "Q4_K" | "Q5_K" | "Q6_K")
  | ("IQ4_NL" | "IQ4_XS");

/** A tensor as a file's header describes it. */
export interface TensorInfo {
  readonly name: string;
  /** As the file names it: one of `Dtype`, or a type whose rows can't be read, such as `"I8"`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/**
 * Which rows of a tensor: `"all"`, row numbers and half-open ranges as on the command line
 * (`"0:100"`, `"5,9,200:300"`), or row numbers. The order is kept; a row may be named once only.
 */
export type RowSelection = "all" | (string & {}) | ArrayLike<number>;

/** A model's two token matrices: the one that token ids enter by, and the one that logits leave by. */
export type MatrixName = "input" | "output";

/** What is known of a model's token matrices, from its configuration and the headers that were read. */
export interface TokenMatrices {
  /** The class of the model as `config.json` names it, `"GPT2LMHeadModel"`; null where it does not. */
  readonly architecture: string | null;
  /** The family in whose way the tensors are named and tied; null where it is not known. */
  readonly family: string | null;
  /** Tensor of the input matrix; null where it can't be told. */
  readonly input: string | null;
  /** True if the input matrix was found by its shape alone. */
  readonly guessed: boolean;
  /** Tensor of the output matrix; null where none is stored, as in most tied models. */
  readonly output: string | null;
  /** Whether the output matrix is the input matrix; null where there is none, or that can't be told. */
  readonly tied: boolean | null;
  /** How that is known: `"config.json says so"`. */
  readonly reason: string;
  /** How many tokens there are by `config.json`; rows beyond are padding. Null where it does not say. */
  readonly vocabSize: number | null;
}

/** What the headers of a model's files hold, before it is chosen what rows are read from. */
export type ModelHeaders = Pick<
  Model,
  "name" | "revision" | "fetched" | "weights" | "matrices" | "tensors" | "notes"
>;

/** Is told what the headers of the weights hold. */
export type HeadersListener = (
  headers: Pick<ModelHeaders, "matrices" | "tensors" | "notes">,
) => void;

/** An open model: its headers and vocabulary are read, its rows are not. */
export interface Model {
  /** As people call it: `"sample"`, `"openai-community/gpt2"`, or the name of the folder or file. */
  readonly name: string;
  /** The commit on the hub, 40 hexadecimal digits; null for files. */
  readonly revision: string | null;
  /** The day (UTC, `"2026-11-23"`) on which the revision was resolved on the hub; null for files. */
  readonly fetched: string | null;
  /**
   * The weight file, by its path among the model's files, where it was named or is found under a name of
   * its own; null for the standard names, and for a file that is opened by itself.
   */
  readonly weights: string | null;
  /** The tensor that rows are read from. */
  readonly tensor: string;
  /** Which token matrix that is; null for other tensors, and for files of one matrix. */
  readonly matrix: MatrixName | null;
  /** The model's two token matrices; null for files of one matrix. */
  readonly matrices: TokenMatrices | null;
  readonly dtype: Dtype;
  readonly shape: readonly [vocab: number, dim: number];
  /** One token for every row. */
  readonly vocabulary: Vocabulary;
  /** What the user should know about how the model was read, a line each: `"tokens from ..."`. */
  readonly notes: readonly string[];
  /** Every tensor of the headers that were read: of the weight file, or of the shards needed. */
  readonly tensors: readonly TensorInfo[];
  /**
   * The rows asked for, as float32, in the order asked for: (rows, dim). Only their bytes are read.
   *
   * @throws {RangeError} if a row is out of range, named twice, or none is named.
   */
  rows(options: { rows: RowSelection } & RunOptions): Promise<Matrix>;
}
