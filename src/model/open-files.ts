import type { RunOptions } from "../compute/run.ts";
import { FormatError } from "../errors.ts";
import { configSize, isEmbeddingName } from "./embedding-tensor.ts";
import type { ModelFiles } from "./files.ts";
import { jsonObject, readJson } from "./json.ts";
import { type Labels, labelTable } from "./labels.ts";
import type { Model, TensorInfo } from "./model.ts";
import { isGgufFile, openGguf } from "./open-gguf.ts";
import { storedModel } from "./stored-model.ts";
import type { TokenTable } from "./token-table.ts";
import { readTokenizerJson } from "./tokenizer-json.ts";
import { readVocabMerges } from "./vocab-merges.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";
import { openEmbedding } from "./weights.ts";

export interface OpenFilesOptions extends RunOptions {
  /** Read rows from the tensor of this name; default: the token embedding, found by name and size. */
  readonly tensor?: string | undefined;
  /** Name the rows with these in place of the model's vocabulary; one for every row. */
  readonly labels?: Labels | undefined;
  /** The weight file, default `model.safetensors` or the shards of its index; a `.gguf` file too. */
  readonly weights?: string | undefined;
}

/**
 * Opens a model in Hugging Face layout, or (`weights`) a GGUF file: reads the header of its weights, `config.json`, and its
 * vocabulary (`tokenizer.json`, or `vocab.json` with `merges.txt`), and no row.
 *
 * The vocabulary names the rows of the token embedding. A tensor that was asked for by name and is not
 * known as a token embedding has named rows only if it has as many as there are tokens. Rows beyond
 * the vocabulary are padding; added tokens beyond the rows are left out, with a note.
 *
 * @throws {FormatError} if a file is broken, or the vocabulary has more tokens than there are rows.
 * @throws {UnsupportedError} if the embedding can't be told, or its dtype can't be read.
 * @throws {RangeError} if there is no tensor of the name asked for, or not as many labels as rows.
 */
export async function openFiles(files: ModelFiles, options: OpenFilesOptions = {}): Promise<Model> {
  const { signal, weights } = options;
  if (weights !== undefined && isGgufFile(weights)) return openGguf(files, weights, options);
  const label = (path: string) => (weights === undefined ? `${files.name}/${path}` : path);
  const configBytes = await files.read("config.json", { signal });
  const config =
    configBytes === undefined ? undefined : jsonObject(readJson(configBytes, label("config.json")));
  const size = configSize(config);
  const request = { size, tensor: options.tensor, weights, label, signal };
  const { tensor, stored, tensors } = await openEmbedding(files, request);
  const [rows] = stored.shape;
  const notes: string[] = [];
  const { labels } = options;
  const vocabulary =
    labels === undefined
      ? await readVocabulary(files, { tensor, vocab: size.vocab, label, signal, weights }, notes)
      : createVocabulary(rows, labelTable(labels.names, rows, labels.source));
  return storedModel(
    stored,
    { name: files.name, revision: files.revision, fetched: files.fetched },
    { tensor: tensor.name, tensors, vocabulary, notes },
  );
}

interface VocabularyRequest {
  readonly tensor: TensorInfo;
  /** What `config.json` says. */
  readonly vocab: number | undefined;
  readonly label: (path: string) => string;
  readonly weights: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function readVocabulary(
  files: ModelFiles,
  request: VocabularyRequest,
  notes: string[],
): Promise<Vocabulary> {
  const rows = request.tensor.shape[0]!;
  const table = await readTable(files, request);
  if (table === null) {
    notes.push("no tokenizer.json and no vocab.json with merges.txt: rows show as #id");
    return createVocabulary(rows, null);
  }
  if (!isEmbeddingName(request.tensor.name) && rows !== table.end && rows !== request.vocab) {
    notes.push(
      `${request.tensor.name} has ${rows} rows, ${table.source} ${table.end} tokens: rows show as #id`,
    );
    return createVocabulary(rows, null);
  }
  if (request.weights !== undefined)
    notes.push(`tokens from ${table.source}, which lies beside it`);
  checkSurplus(table, rows, request.tensor.name, notes);
  return createVocabulary(rows, table, await readOccurrences(files, rows, request));
}

async function readTable(
  files: ModelFiles,
  { label, signal }: VocabularyRequest,
): Promise<TokenTable | null> {
  const tokenizer = await files.read("tokenizer.json", { signal });
  if (tokenizer !== undefined) return readTokenizerJson(tokenizer, label("tokenizer.json"));
  const vocab = await files.read("vocab.json", { signal });
  const merges = vocab === undefined ? undefined : await files.read("merges.txt", { signal });
  if (vocab === undefined || merges === undefined) return null;
  return readVocabMerges(vocab, merges, label("vocab.json"));
}

/** More tokens than rows: right only where the surplus was added to the tokenizer alone. */
function checkSurplus(table: TokenTable, rows: number, tensor: string, notes: string[]): void {
  if (table.end <= rows) return;
  const surplus = [...table.entries].filter(([id]) => id >= rows);
  const added = surplus.every(([, { kind }]) => kind === "added" || kind === "special");
  if (!added) {
    throw new FormatError(
      `${table.source}: the vocabulary has ${table.end} tokens, but tensor ${tensor} has only ${rows} rows`,
      { file: table.source },
    );
  }
  notes.push(`${surplus.length} added tokens of ${table.source} have no row and are left out`);
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
  throw new FormatError(`${label(path)}: expected a JSON array of ${rows} counts`, {
    file: label(path),
  });
}
