/** The model card: what the sample is made of, how, and how good it is, good or bad. */
import { displayBytes } from "../src/model/bytes/display.ts";
import type { BPE } from "./bpe.ts";
import type { Document } from "./corpus.ts";
import type { ProbeResult } from "./probing.ts";
import type { Settings } from "./settings.ts";
import { BOOKS } from "./sources.ts";
import { END_OF_TEXT } from "./tokenizer-json.ts";

/** What was made and what was found, for the model card. */
export interface SampleReport {
  readonly documents: readonly Document[];
  readonly settings: Settings;
  readonly bpe: BPE;
  /** How often training read each token, in all passes. */
  readonly occurrences: Float64Array;
  readonly heldOutTokens: number;
  readonly perplexity: {
    readonly model: number;
    readonly unigram: number;
    readonly bigram: number;
  };
  readonly probes: readonly ProbeResult[];
  /** File names and sizes in bytes. */
  readonly files: ReadonlyMap<string, number>;
}

/** The card in Markdown. Nothing in it depends on the day, the machine or the folder. */
export function modelCard(report: SampleReport): string {
  const sections = [summary, data, method, occurrences, perplexities, probes, limits];
  return `${sections.map((section) => section(report)).join("\n\n")}\n`;
}

function summary({ settings, bpe, files }: SampleReport): string {
  const vocab = bpe.tokens.length + 1;
  const { dim, contextLength } = settings;
  return `# Tokenscape's sample model

A small language model that Tokenscape made for itself, so that there is something real to look at without
a network. This card was written by the recipe that trained the model (\`sample/\`).

| tensor, float16 | shape | what |
|---|---|---|
| \`wte.weight\` | ${vocab} x ${dim} | embeddings, of input and output as in GPT-2: the rows that Tokenscape shows |
| \`context.positions\` | ${contextLength} x ${dim} | a weight for each position before a token and each dimension |
| \`context.projection\` | ${dim} x ${dim} | from the weighted sum of a context to the prediction |
| \`lm_head.bias\` | ${vocab} | one bias for each token |

${count((vocab + contextLength + dim) * dim + vocab)} parameters. Files: ${Array.from(
    files,
    ([name, size]) => `\`${name}\` ${count(size)} bytes`,
  ).join(", ")}. Licence: MIT, as Tokenscape's.`;
}

function data({ documents }: SampleReport): string {
  const rows: string[] = [];
  const own = documents.filter(({ name }) => isOwn(name));
  for (const { name, byteLength } of documents.filter((document) => !own.includes(document))) {
    const file = fileName(name);
    const book = BOOKS.find((source) => source.file === file);
    const contents = book?.contents ?? "a text given to the recipe";
    const licence = book?.licence ?? "not stated";
    rows.push(`| \`${file}\` | ${contents} | ${licence} | ${count(byteLength)} |`);
  }
  if (own.length > 0) {
    const size = own.reduce((sum, document) => sum + document.byteLength, 0);
    const files = own.length === 1 ? "1 file" : `${own.length} files`;
    rows.push(`| ${files} | Tokenscape's own source and documents | MIT | ${count(size)} |`);
  }
  return `## Data

| text | contents | licence | bytes |
|---|---|---|---|
${rows.join("\n")}

The texts are not part of the project. CR LF becomes LF, nothing else is changed. Each text is cut into 100
stretches of equal length, from line to line; five of them, spread over the text, are held out: neither the
tokenizer nor the model learns from them. The end-of-text token stands before every text and every held-out stretch.`;
}

function method({ settings, bpe, occurrences: counts }: SampleReport): string {
  const { dim, contextLength, passes, dropout, learningRate, batch, decay, candidates, seed } =
    settings;
  const trained = counts.reduce((sum, times) => sum + times, 0);
  return `## Method

- Tokenizer: byte-level byte-pair encoding (Sennrich et al., 2016) with GPT-2's pattern for cutting text. Ids 0 to
  255 are the bytes in GPT-2's order, then come ${count(bpe.tokens.length - 256)} tokens made by merging, then \`${END_OF_TEXT}\`.
- Model: log-bilinear (Mnih and Hinton, 2007). The last ${contextLength} tokens' embeddings (${dim} dimensions), each weighted by
  position and dimension, are summed and multiplied by one matrix; the score of a token is the product with its
  embedding plus its bias; a softmax makes probabilities.
- Training: ${count(trained)} tokens in ${passes} passes. Adagrad (Duchi et al., 2011), its rate falling from ${learningRate} to 0,
  with weight decay ${decay} on the embeddings that a step touches; ${batch} places a step. The softmax's denominator is
  estimated from ${candidates} tokens on average, frequent ones always among them (Bengio and Senécal, 2003).
- All passes but the last are with BPE dropout ${dropout} (Provilkov et al., 2020): words fall into smaller tokens at
  random, so that single characters occur as tokens and are learned.
- Seed ${seed}. The same texts, settings and seed give the same bytes.`;
}

function occurrences({ occurrences: counts, bpe }: SampleReport): string {
  const never = [...counts.keys()].filter((id) => counts[id] === 0);
  const first = [...counts.subarray(0, 100)];
  const seenFirst = first.filter((times) => times > 0);
  const ascending = Float64Array.from(counts).sort();
  const median = ascending[ascending.length >> 1]!;
  const list = never.map((id) => shown(bpe.tokens, id)).join(" ");
  return `## Occurrences

How often training read each token, all passes together, is in \`token_occurrences.json\`, by id. The median
is ${count(median)}. Of the notebook's rows, ids 0 to 99, ${seenFirst.length} were seen, the rarest of these ${count(Math.min(...seenFirst))} times.
${
  never.length === 0
    ? "No token was never seen."
    : `${never.length} of ${counts.length} tokens were never seen; their embeddings are still at their random start, and
Tokenscape marks them in figures and lists: ${list}`
}`;
}

function perplexities({ perplexity, heldOutTokens }: SampleReport): string {
  const { model, unigram, bigram } = perplexity;
  const verdict = model < bigram ? "beats both baselines" : "does not beat the bigram baseline";
  return `## Held-out perplexity

Per token, on ${count(heldOutTokens)} held-out tokens without dropout, as written in float16, with the full softmax.
Perplexities of other tokenizers can't be compared with these. The model ${verdict}.

| | perplexity |
|---|---|
| this model | ${model.toFixed(1)} |
| bigram, interpolated Kneser-Ney smoothing, discount n1 / (n1 + 2 n2) for each order | ${bigram.toFixed(1)} |
| unigram, one added to each count | ${unigram.toFixed(1)} |

Both baselines are counted on the tokens of the model's last pass: the whole training text, without dropout.
The recipe's settings were chosen by looking at this perplexity, which flatters the model a little.`;
}

function probes({ probes: results, bpe }: SampleReport): string {
  const rows = results.map(({ text, kind, id, neighbors }) => {
    const probe = code(displayBytes(new TextEncoder().encode(text)));
    const found = neighbors.map((one) => `${shown(bpe.tokens, one.id)} ${one.cosine.toFixed(2)}`);
    return `| ${probe} | ${kind} | ${id === undefined ? "not a token" : found.join(", ")} |`;
  });
  return `## Nearest neighbours

Twenty probes, chosen and committed before any model was trained (\`sample/probes.ts\`), all shown. Neighbours by
cosine similarity of embeddings among all tokens; \`·\` is a blank.

| probe | kind | nearest tokens |
|---|---|---|
${rows.join("\n")}`;
}

function limits(): string {
  return `## Limits

It is made for looking at embeddings. It writes no sensible text, knows only the English of old books and a little
TypeScript, and shares the views of its authors and their time. Tokens of rare words have rows with little training.`;
}

/** Files of the project are named by paths inside it. */
function isOwn(name: string): boolean {
  return !name.startsWith("..") && /\.(ts|md)$/.test(name) && !/^([/\\]|[A-Za-z]:)/.test(name);
}

function fileName(path: string): string {
  return path.replace(/^.*[/\\]/, "");
}

function shown(tokens: readonly Uint8Array[], id: number): string {
  const bytes = tokens[id];
  return code(bytes === undefined ? END_OF_TEXT : displayBytes(bytes));
}

/** A code span that any token survives, also inside a table, where `|` ends a cell. */
function code(text: string): string {
  const escaped = text.replaceAll("|", "\\|");
  const longest = Math.max(0, ...Array.from(escaped.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = escaped.startsWith("`") || escaped.endsWith("`") ? " " : "";
  return `${fence}${space}${escaped}${space}${fence}`;
}

/** Whole numbers with a comma at every third digit. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
