import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { RunOptions } from "../compute/run.ts";
import { version } from "../version.ts";
import { UsageError } from "./errors.ts";
import type { ScreenFlags } from "./flags.ts";
import * as help from "./help.ts";
import {
  listOf,
  notEmpty,
  oneOf,
  type Parser,
  positiveNumber,
  regularExpression,
  rowList,
  text,
  wholeNumber,
} from "./option-values.ts";
import type { Screen } from "./screen.ts";

/** What a command gets besides its arguments: where to write, how to report, when to stop. */
export interface CommandRun extends RunOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Carries out an action with what the command's flags ask for. */
export type Runner = (
  flags: ScreenFlags,
  action: (run: CommandRun) => Promise<void>,
) => Promise<void>;

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

// Ranking
const top = valued("--top <number>", "how many tokens (default: 10)", wholeNumber(1)).helpGroup(
  "Ranking:",
);
const similarity = valued(
  "--metric <name>",
  "cosine, euclidean or dot (default: cosine)",
  oneOf("cosine", "euclidean", "dot"),
).helpGroup("Ranking:");

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
const json = new Option(
  "--json",
  "the result as JSON on standard output, all else on standard error",
).helpGroup("Output:");
const quiet = new Option(
  "--quiet",
  "print nothing but errors, and the JSON if asked for",
).helpGroup("Output:");

// Model
const tensor = valued(
  "--tensor <name>",
  "the tensor to read rows of (default: found by its name)",
  text("a tensor's name"),
).helpGroup("Model:");
const labels = valued(
  "--labels <file>",
  "names of the rows: one per line, or a JSON array",
  text("a file"),
).helpGroup("Model:");
const metadata = valued(
  "--metadata <tsv>",
  "names of the rows, as the Embedding Projector has them",
  text("a file"),
).helpGroup("Model:");
const refresh = new Option("--refresh", "ask the hub anew where a branch stands").helpGroup(
  "Model:",
);
const offline = new Option("--offline", "never ask the network, use what was fetched")
  .helpGroup("Model:")
  .conflicts("refresh");

/** The command-line program. Wrong usage is thrown, not printed; a command's code is loaded when it is asked for. */
export function createProgram(run: Runner): Command {
  const program = new Command("tokenscape");
  help.styleHelp(program, help.notebookSections);
  program.enablePositionalOptions().exitOverride().helpCommand("help [command]", "this help");
  addNotebook(program, run);
  addNear(program, run);
  addInfo(program, run);
  return program;
}

function addNotebook(program: Command, run: Runner): void {
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
    .addOption(json)
    .addOption(quiet)
    .addOption(tensor)
    .addOption(labels)
    .addOption(metadata)
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

function addNear(program: Command, run: Runner): void {
  const near = program.command("near");
  help.styleHelp(near, help.nearSections);
  near
    .allowExcessArguments(false)
    .usage("MODEL TOKEN [options]")
    .summary("the tokens nearest to one token")
    .description(help.nearDescription)
    .argument("<MODEL>", "sample, a hub id, a folder or a file", text("a model")("MODEL"))
    .argument("<TOKEN>", "a token's text, display or #id", notEmpty("a token")("TOKEN"))
    .addOption(top)
    .addOption(similarity)
    .addOption(json)
    .addOption(quiet)
    .addOption(tensor)
    .addOption(labels)
    .addOption(metadata)
    .addOption(offline)
    .addOption(refresh)
    .optionsGroup("Help:")
    .helpOption("-h, --help", "this help")
    .action((model, token, flags) => {
      refuseFlagsBefore(near, program);
      return run(flags, async (options) => {
        const { nearCommand } = await import("./near.ts");
        await nearCommand(model, token, flags, options);
      });
    });
}

function addInfo(program: Command, run: Runner): void {
  const info = program.command("info");
  help.styleHelp(info, help.infoSections);
  info
    .allowExcessArguments(false)
    .usage("[MODEL] [options]")
    .summary("what a model's files hold")
    .description(help.infoDescription)
    .argument(
      "[MODEL]",
      "sample (the default), a hub id, a folder or a file",
      text("a model")("MODEL"),
    )
    .addOption(json)
    .addOption(quiet)
    .addOption(tensor)
    .addOption(labels)
    .addOption(metadata)
    .addOption(offline)
    .addOption(refresh)
    .optionsGroup("Help:")
    .helpOption("-h, --help", "this help")
    .action((model, flags) => {
      refuseFlagsBefore(info, program);
      return run(flags, async (options) => {
        const { infoCommand } = await import("./info.ts");
        await infoCommand(model ?? "sample", flags, options);
      });
    });
}

function valued<F extends string, T>(
  flags: F,
  description: string,
  parser: (flag: string) => Parser<T>,
) {
  const [flag = ""] = flags.split(" ");
  return new Option(flags, description).argParser(parser(flag));
}

function tooMany(args: readonly string[]): string {
  const expected = "expected one MODEL, or the command near or info";
  return `${expected}, got ${args.length} arguments: ${args.join(" ")}; see tokenscape --help`;
}

/** An option before the command's name would be read as the notebook's, and ignored. */
function refuseFlagsBefore(command: CommandUnknownOpts, program: Command): void {
  const given = program.options.find(
    (option) => program.getOptionValueSource(option.attributeName()) === "cli",
  );
  if (given === undefined) return;
  const name = command.name();
  throw new UsageError(
    `${given.long}: expected after ${name}: tokenscape ${name} ... ${given.long}`,
  );
}
