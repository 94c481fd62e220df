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

// options of every command
const json = new Option(
  "--json",
  "the result as JSON on standard output, all else on standard error",
);
const quiet = new Option("--quiet", "print nothing but errors, and the JSON if asked for");
const tensor = new Option(
  "--tensor <name>",
  "the tensor to read rows of (default: found by name)",
).argParser(text("--tensor", "a tensor's name"));
const labels = new Option(
  "--labels <file>",
  "tokens of bare vectors: one per line, or a JSON array",
).argParser(text("--labels", "a file"));
const metadata = new Option(
  "--metadata <tsv>",
  "tokens of a .tsv, as the Embedding Projector has them",
).argParser(text("--metadata", "a file"));
const offline = new Option("--offline", "never ask the network, use what was fetched").conflicts(
  "refresh",
);
const refresh = new Option("--refresh", "ask the hub anew where a branch stands");

/** The command-line program. Wrong usage is thrown, not printed; a command's code is loaded when it is asked for. */
export function createProgram(run: Runner): Command {
  const program = new Command("tokenscape");
  help.styleHelp(program, help.notebookSections);
  program
    .enablePositionalOptions()
    .exitOverride()
    .helpCommand("help [command]", "help on a command");
  addNotebook(program, run);
  addNear(program, run);
  addInfo(program, run);
  return program;
}

function addNotebook(program: Command, run: Runner): void {
  program
    .usage(help.notebookUsage)
    .description(help.notebookDescription)
    .argument("[MODEL]", "see Models", text("MODEL", "a model"), "sample")
    .optionsGroup("Rows:")
    .addOption(
      new Option("--rows <list>", "these rows (default: 0:100)")
        .argParser(rowList("--rows"))
        .conflicts(["all", "match", "tokens"]),
    )
    .addOption(new Option("--all", "every row").conflicts(["match", "tokens"]))
    .addOption(
      new Option("--match <regex>", "rows whose token's text matches")
        .argParser(regularExpression("--match"))
        .conflicts("tokens"),
    )
    .option(
      "--tokens <file>",
      "rows of these tokens, one display per line",
      text("--tokens", "a file"),
    )
    .option(
      "--transform <how>",
      "center: subtract the mean row; unit: scale every row to length 1; may be given twice, in this order",
      listOf("--transform", ["center", "unit"]),
    )
    .optionsGroup("Map:")
    .option(
      "--perplexity <number>",
      "how many neighbours a token has, about (default: 5)",
      positiveNumber("--perplexity"),
    )
    .option(
      "--metric <name>",
      "euclidean or cosine (default: euclidean)",
      oneOf("--metric", ["euclidean", "cosine"]),
    )
    .option(
      "--seed <number>",
      "of all that is random (default: 0)",
      wholeNumber("--seed", 0, 2 ** 32 - 1),
    )
    .option("--iterations <number>", "at most (default: 1000)", wholeNumber("--iterations", 1))
    .option("--init <how>", "pca or random (default: pca)", oneOf("--init", ["pca", "random"]))
    .addOption(
      new Option("--coordinates <npy>", "a map to use in place of t-SNE's")
        .argParser(text("--coordinates", "a file"))
        .conflicts(["perplexity", "metric", "seed", "iterations", "init"]),
    )
    .optionsGroup("Groups:")
    .option(
      "--eps <number>",
      "radius of a neighbourhood, in units of the map (default: 7)",
      positiveNumber("--eps"),
    )
    .option(
      "--min-samples <number>",
      "tokens within it, itself included, to be inside a group (default: 3)",
      wholeNumber("--min-samples", 1),
    )
    .optionsGroup("Output:")
    .option(
      "--out <folder>",
      "for the files (default: tokenscape-out/ and the model's name)",
      text("--out", "a folder"),
    )
    .option("--png", "the figures as PNG too")
    .option(
      "--limits <which>",
      "colour limits from the data, or the notebook's (default: data)",
      oneOf("--limits", ["data", "notebook"]),
    )
    .addOption(json)
    .addOption(quiet)
    .optionsGroup("Model:")
    .addOption(tensor)
    .addOption(labels)
    .addOption(metadata)
    .addOption(offline)
    .addOption(refresh)
    .optionsGroup("Help:")
    .helpOption("-h, --help", "this help")
    .version(version, "--version", "the version")
    .action((model, flags) =>
      run(flags, async (options) => {
        const { notebookCommand } = await import("./notebook-command.ts");
        await notebookCommand(model, flags, options);
      }),
    );
}

function addNear(program: Command, run: Runner): void {
  const near = program.command("near");
  help.styleHelp(near, help.nearSections);
  near
    .usage("MODEL TOKEN [options]")
    .summary("the tokens nearest to one token")
    .description(help.nearDescription)
    .argument("<MODEL>", "sample, a hub id, a folder or a file", text("MODEL", "a model"))
    .argument("<TOKEN>", "a token's text, display or #id", notEmpty("TOKEN", "a token"))
    .optionsGroup("Ranking:")
    .option("--top <number>", "how many", wholeNumber("--top", 1), 10)
    .option(
      "--metric <name>",
      "cosine, euclidean or dot (default: cosine)",
      oneOf("--metric", ["cosine", "euclidean", "dot"]),
    )
    .optionsGroup("Output:")
    .addOption(json)
    .addOption(quiet)
    .optionsGroup("Model:")
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
    .usage("[MODEL] [options]")
    .summary("what a model's files hold")
    .description(help.infoDescription)
    .argument("[MODEL]", "sample, a hub id, a folder or a file", text("MODEL", "a model"), "sample")
    .optionsGroup("Output:")
    .addOption(json)
    .addOption(quiet)
    .optionsGroup("Model:")
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
        await infoCommand(model, flags, options);
      });
    });
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
