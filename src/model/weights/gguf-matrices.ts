/** The token matrices of a GGUF file, which llama.cpp names alike in every architecture. */
import type { MatrixName, TokenMatrices } from "../model.ts";

/** The token embedding. */
export const GGUF_INPUT = "token_embd.weight";
/** The output matrix; a decoder without one uses the token embedding, as llama.cpp does. */
export const GGUF_OUTPUT = "output.weight";

/** Architectures of llama.cpp that give no tokens: to use their input as an output would be made up. */
const ENCODERS: readonly string[] = [
  ...["bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert"],
  ...["neo-bert", "eurobert", "t5encoder", "gemma-embedding"],
];

/**
 * What can be said of the token matrices.
 *
 * @param names Of the tensors in the parts that were read.
 * @param whole Whether these are all parts.
 */
export function ggufMatrices(
  names: readonly string[],
  architecture: string | null,
  whole: boolean,
): TokenMatrices {
  const stored = names.includes(GGUF_OUTPUT);
  const hasInput = names.includes(GGUF_INPUT);
  const known = stored
    ? { tied: false, reason: `${GGUF_OUTPUT} is stored by itself` }
    : ENCODERS.includes(architecture ?? "")
      ? { tied: null, reason: `${architecture} is an encoder, which gives no tokens` }
      : !whole
        ? { tied: null, reason: "not every part of the model was read" }
        : hasInput
          ? { tied: true, reason: `no ${GGUF_OUTPUT} is stored` }
          : { tied: null, reason: `no ${GGUF_OUTPUT} is stored, and no ${GGUF_INPUT} either` };
  return {
    ...{ architecture, family: "GGUF", guessed: false, vocabSize: null },
    input: hasInput ? GGUF_INPUT : null,
    output: stored ? GGUF_OUTPUT : null,
    ...known,
  };
}

/** Which token matrix a tensor is; null for others. */
export function ggufMatrixOf(tensor: string): MatrixName | null {
  if (tensor === GGUF_INPUT) return "input";
  return tensor === GGUF_OUTPUT ? "output" : null;
}
