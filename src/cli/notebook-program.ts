import { type Command, Option } from "@commander-js/extra-typings";
import { version } from "../version.ts";
import type { Runner } from "./command-run.ts";
import { UsageError } from "./errors.ts";
import * as help from "./help.ts";
import {
  listOf,
  oneOf,
  positiveNumber,
  regularExpression,
  rowList,
  text,
  wholeNumber,
} from "./option-values.ts";
import {
  json,
  labels,
  matrix,
  metadata,
  offline,
  quiet,
  refresh,
  tensor,
  tokenizer,
  valued,
  weights,
} from "./shared-options.ts";
import { meantWord } from "./suggestion.ts";

// Rows
const rows = valued("--rows <list>", "these rows (default: 0:100)", rowList)
  .helpGroup("Rows:")
  .conflicts(["all", "match", "tokens"]);
const all = new Option("--all", "every row").helpGroup("Rows:").conflicts(["match", "tokens"]);
const match = valued("--match <regex>", "rows whose token's text matches", regularExpression)
  .helpGroup("Rows:")
  .conflicts("tokens");
const tokens = valued(
  "--tokens <file>",
  "rows of these tokens, one display per line",
  text("a file"),
).helpGroup("Rows:");
const transform = valued(
  "--transform <how>",
  "center (subtract the mean row) or unit (scale rows to length 1); may be given twice, in this order",
  listOf("center", "unit"),
).helpGroup("Rows:");

// Map
const perplexity = valued(
  "--perplexity <number>",
  "how many neighbours a token has, about (default: 5)",
  positiveNumber,
).helpGroup("Map:");
const metric = valued(
  "--metric <name>",
  "euclidean or cosine (default: euclidean)",
  oneOf("euclidean", "cosine"),
).helpGroup("Map:");
const seed = valued(
  "--seed <number>",
  "of all that is random (default: 0)",
  wholeNumber(0, 2 ** 32 - 1),
).helpGroup("Map:");
const iterations = valued(
  "--iterations <number>",
  "at most so many (default: 1000)",
  wholeNumber(1),
).helpGroup("Map:");
const init = valued(
  "--init <how>",
  "where to start: pca or random (default: pca)",
  oneOf("pca", "random"),
).helpGroup("Map:");
const coordinates = valued(
  "--coordinates <npy>",
  "a map to use in place of t-SNE's",
  text("a file"),
)
  .helpGroup("Map:")
  .conflicts(["perplexity", "metric", "seed", "iterations", "init"]);

// Groups
const eps = valued(
  "--eps <number>",
  "radius of a neighbourhood, in units of the map (default: 7)",
  positiveNumber,
).helpGroup("Groups:");
const minSamples = valued(
  "--min-samples <number>",
  "tokens in it, itself included, to be inside a group (default: 3)",
  wholeNumber(1),
).helpGroup("Groups:");

// Output
const out = valued(
  "--out <folder>",
  "for the files (default: tokenscape-out/ and the model's name)",
  text("a folder"),
).helpGroup("Output:");
const png = new Option("--png", "the figures as PNG too").helpGroup("Output:");
const limits = valued(
  "--limits <which>",
  "colour limits from the data, or the notebook's (default: data)",
  oneOf("data", "notebook"),
).helpGroup("Output:");
const threads = valued(
  "--threads <number>",
  "at work at most; changes no byte of any file (default: one for every core)",
  wholeNumber(1, 64),
).helpGroup("Output:");

/** Makes a program do the notebook: `tokenscape [MODEL]`. */
export function addNotebook(program: Command, run: Runner): void {
  program
    .usage(help.notebookUsage)
    .description(help.notebookDescription)
    .argument("[MODEL]", "see Models (default: sample)", text("a model")("MODEL"))
    .addOption(rows)
    .addOption(all)
    .addOption(match)
    .addOption(tokens)
    .addOption(transform)
    .addOption(perplexity)
    .addOption(metric)
    .addOption(seed)
    .addOption(iterations)
    .addOption(init)
    .addOption(coordinates)
    .addOption(eps)
    .addOption(minSamples)
    .addOption(out)
    .addOption(png)
    .addOption(limits)
    .addOption(threads)
    .addOption(json)
    .addOption(quiet)
    .addOption(weights)
    .addOption(matrix)
    .addOption(tensor)
    .addOption(labels)
    .addOption(metadata)
    .addOption(tokenizer)
    .addOption(offline)
    .addOption(refresh)
    .optionsGroup("Help:")
    .helpOption("-h, --help", "this help")
    .version(version, "--version", "the version")
    .allowExcessArguments()
    .action((model, flags, { args }) => {
      if (args.length > 1) throw new UsageError(tooMany(args));
      return run(flags, async (options) => {
        const { notebookCommand } = await import("./notebook-command.ts");
        await notebookCommand(model ?? "sample", flags, options);
      });
    });
}

function tooMany(args: readonly string[]): string {
  const expected = "expected one MODEL, or the command near, info or cache";
  const meant = meantWord(args[0]!, ["near", "info", "cache", "help"]);
  const end = meant === undefined ? "see tokenscape --help" : `did you mean ${meant}?`;
  return `${expected}, got ${args.length} arguments: ${args.join(" ")}; ${end}`;
}
