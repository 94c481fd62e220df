import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Runner } from "./command-run.ts";
import { UsageError, usageError } from "./errors.ts";
import * as help from "./help.ts";
import { addNotebook } from "./notebook-program.ts";
import { notEmpty, oneOf, text, wholeNumber } from "./option-values.ts";
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

// Ranking
const top = valued("--top <number>", "how many tokens (default: 10)", wholeNumber(1)).helpGroup(
  "Ranking:",
);
const similarity = valued(
  "--metric <name>",
  "cosine, euclidean or dot (default: cosine)",
  oneOf("cosine", "euclidean", "dot"),
).helpGroup("Ranking:");

// Cache
const action = oneOf("ls", "rm", "prune", "verify");
const all = new Option("--all", "for rm: every model").helpGroup("Cache:");
const shared = new Option(
  "--shared",
  "for rm and verify: also in the cache of huggingface_hub, which is Python's too",
).helpGroup("Cache:");
const dryRun = new Option(
  "--dry-run",
  "for rm, prune and verify: say what would be removed, remove nothing",
).helpGroup("Cache:");

/** The command-line program. Wrong usage is thrown, not printed; a command's code is loaded when it is asked for. */
export function createProgram(run: Runner): Command {
  const program = new Command("tokenscape");
  help.styleHelp(program, help.notebookSections);
  program.enablePositionalOptions().helpCommand("help [command]", "this help");
  addNotebook(program, run);
  addNear(program, run);
  addInfo(program, run);
  addCache(program, run);
  for (const command of [program, ...program.commands]) {
    const name = command === program ? "tokenscape" : `tokenscape ${command.name()}`;
    command.exitOverride((error) => {
      throw usageError(error, name);
    });
  }
  return program;
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
    .action((model, flags) => {
      refuseFlagsBefore(info, program);
      return run(flags, async (options) => {
        const { infoCommand } = await import("./info.ts");
        await infoCommand(model ?? "sample", flags, options);
      });
    });
}

function addCache(program: Command, run: Runner): void {
  const cache = program.command("cache");
  help.styleHelp(cache, help.cacheSections);
  cache
    .usage("[ACTION] [MODEL...] [options]")
    .summary("what was fetched and kept, and how to remove it")
    .description(help.cacheDescription)
    .argument("[ACTION]", "ls (the default), rm, prune or verify", action("ACTION"))
    .argument("[MODEL...]", "for rm and verify: models as they were asked for")
    .addOption(all)
    .addOption(shared)
    .addOption(dryRun)
    .addOption(json)
    .addOption(quiet)
    .optionsGroup("Help:")
    .helpOption("-h, --help", "this help")
    .action((name, models, flags) => {
      refuseFlagsBefore(cache, program);
      return run(flags, async (options) => {
        const { cacheCommand } = await import("./cache.ts");
        await cacheCommand(name ?? "ls", models, flags, options);
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
