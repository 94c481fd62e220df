import { faultAt } from "./bytes/fault.ts";
import { readJson, readJsonObject } from "./bytes/json.ts";
import { jsonOffset } from "./bytes/json-place.ts";
import { isTokenMatrixName } from "./families/embedding-tensor.ts";
import { modelConfig } from "./families/model-config.ts";
import { askedMatrix } from "./families/token-matrices.ts";
import type { FileOptions, ModelFiles } from "./files.ts";
import { givenNames } from "./given-names.ts";
import type { Labels } from "./labels.ts";
import type { HeadersListener, MatrixName, Model, TensorInfo } from "./model.ts";
import { storedModel } from "./stored-model.ts";
import { rowNames } from "./vocabulary/row-names.ts";
import type { TokenTable } from "./vocabulary/token-table.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary/vocabulary.ts";
import { readTokens } from "./vocabulary/vocabulary-files.ts";
import { openEmbedding } from "./weights/weights.ts";

export interface OpenTensorsOptions extends FileOptions {
  /** The token matrix to read rows of, default `"input"`. */
  readonly matrix?: MatrixName | undefined;
  /** Read rows from the tensor of this name, in place of a token matrix. */
  readonly tensor?: string | undefined;
  /** Read the headers of all shards, default false: of those only that may hold the tensor. */
  readonly everyHeader?: boolean | undefined;
  /** Told what the headers hold, before rows are chosen: also where the model is then refused. */
  readonly onHeaders?: HeadersListener | undefined;
  /** Name the rows with these in place of the model's vocabulary; one for every row. */
  readonly labels?: Labels | undefined;
  /** Name the rows by the tokens of a tokenizer that lies elsewhere, in place of the model's vocabulary. */
  readonly tokens?: TokenTable | undefined;
  /** The weight file or the index of shards, default by the standard names. */
  readonly weights?: string | undefined;
  /** What a file is called in errors and notes. */
  readonly label: (path: string) => string;
  /** Whether the weights are a file by itself, beside which a vocabulary was found; default false. */
  readonly alone?: boolean | undefined;
}

/**
 * Opens a model in Hugging Face layout, of safetensors or PyTorch's checkpoints: reads the header of its
 * weights, `config.json`, and its vocabulary (from the files that `vocabulary-files.ts` lists), and no
 * row.
 *
 * The vocabulary names the rows of both token matrices. A tensor that was asked for by name and is not
 * known as a token matrix has named rows only if it has as many as there are tokens. Rows beyond
 * the vocabulary are padding; added tokens beyond the rows are left out, with a note. Where the vocabulary
 * is broken, or has more tokens than there are rows, rows show as `#id`, and a note says what was wrong.
 *
 * @throws {FormatError} if the weights or `config.json` are broken.
 * @throws {UnsupportedError} if the matrix can't be told or is not there, or its dtype can't be read.
 * @throws {RangeError} if there is no tensor of the name asked for, a matrix and a tensor are asked for, or
 *   there are not as many labels as rows.
 */
export async function openTensors(files: ModelFiles, options: OpenTensorsOptions): Promise<Model> {
  const { signal, weights, label, alone = false } = options;
  const configBytes = await files.read("config.json", { signal });
  const config =
    configBytes === undefined ? undefined : readJsonObject(configBytes, label("config.json"));
  const read = modelConfig(config);
  const opened = await openEmbedding(files, {
    config: read,
    matrix: askedMatrix(options),
    tensor: options.tensor,
    everyHeader: options.everyHeader,
    onHeaders: options.onHeaders,
    ...{ weights, label, signal },
  });
  const { stored, transposed, matrix, matrices, tensors } = opened;
  const [rows, cols] = transposed ? stored.shape.toReversed() : stored.shape;
  const tensor = { ...opened.tensor, shape: [rows!, cols!] };
  const notes = [...opened.notes];
  const isTokens = matrix !== null || isTokenMatrixName(tensor.name);
  const table = givenNames(options, { tensor: tensor.name, rows: rows! }, notes);
  const vocabulary =
    table === undefined
      ? await readVocabulary(
          files,
          { tensor, isTokens, vocab: read.vocab, config, label, signal, alone },
          notes,
        )
      : createVocabulary(rows!, table);
  return storedModel(
    stored,
    { name: files.name, revision: files.revision, fetched: files.fetched },
    { tensor: tensor.name, matrix, matrices, transposed, tensors, vocabulary, notes },
  );
}

interface VocabularyRequest {
  readonly tensor: TensorInfo;
  /** Its rows are tokens. */
  readonly isTokens: boolean;
  /** What `config.json` says. */
  readonly vocab: number | undefined;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly label: (path: string) => string;
  readonly alone: boolean;
  readonly signal: AbortSignal | undefined;
}

async function readVocabulary(
  files: ModelFiles,
  request: VocabularyRequest,
  notes: string[],
): Promise<Vocabulary> {
  const { tensor, isTokens, vocab, alone } = request;
  const rows = tensor.shape[0]!;
  const found = await readTokens(files, request);
  const table = rowNames(found, { tensor: tensor.name, rows, isTokens, vocab }, notes);
  if (table === null) return createVocabulary(rows, null);
  if (alone) notes.push(`tokens from ${table.source}, which lies beside it`);
  return createVocabulary(rows, table, await readOccurrences(files, rows, request));
}

/** `token_occurrences.json`, where a model has it: how often training saw each token. */
async function readOccurrences(
  files: ModelFiles,
  rows: number,
  { label, signal }: VocabularyRequest,
): Promise<readonly number[] | undefined> {
  const path = "token_occurrences.json";
  const bytes = await files.read(path, { signal });
  if (bytes === undefined) return undefined;
  const counts = readJson(bytes, label(path));
  const isCount = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
  if (Array.isArray(counts) && counts.length === rows && counts.every(isCount)) return counts;
  const wrong =
    Array.isArray(counts) && counts.length === rows ? [counts.findIndex((x) => !isCount(x))] : [];
  throw faultAt(label(path), jsonOffset(bytes, wrong), `expected a JSON array of ${rows} counts`);
}
