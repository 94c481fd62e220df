import type { CommanderError } from "@commander-js/extra-typings";
import { isInputError, isTokenscapeError, ThreadError } from "../errors.ts";
import { isSystemError, type SystemError, systemReason } from "../model/node/system-reason.ts";
import { version } from "../version.ts";

/** How the command ends; 0 is success. */
export const exitCode = {
  /** The world or the input failed: no such model, a broken file, a perplexity too large for the rows. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Ctrl-C, or another request to end. */
  interrupted: 130,
} as const;

/** The command line is wrong: what was expected, and what came. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The input or the world is at fault, in a way that only the command knows of. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** What to tell people about an error, and how to end. */
export interface Verdict {
  /** One line; a bug's stack follows on more lines. Not yet safe for a terminal. */
  readonly text: string;
  readonly code: number;
}

/** What helps where threads die. */
const THREAD_HINT = "; --threads 1 does without threads, fewer rows take less memory";

/** Tells wrong usage, a failure of the world or the input, and a bug of ours apart. */
export function judge(error: unknown): Verdict {
  if (error instanceof UsageError) return { text: error.message, code: exitCode.usage };
  if (!(error instanceof Error)) return bug(String(error));
  if (isInputError(error)) return failure(inOptions(error.message));
  if (error instanceof ThreadError) return failure(`${error.message}${THREAD_HINT}`);
  if (isTokenscapeError(error) || error instanceof CommandError) return failure(error.message);
  if (isSystemError(error)) return { text: systemText(error), code: exitCode.failure };
  return bug(error.stack ?? error.message);
}

function failure(message: string): Verdict {
  return { text: message.replaceAll(/\s*\n\s*/g, " "), code: exitCode.failure };
}

/** The library's words for what a command has an option for. */
const OPTIONS: readonly (readonly [library: RegExp, command: string])[] = [
  [/^(?=(?:rows|coordinates|weights): )/, "--"],
  [/^TSNE: expected a perplexity(?= )/, "--perplexity: expected a number"],
  [/^TSNE: /, "t-SNE: "],
  [/^(?:runNotebook|gram|nearestTo): /, ""],
];

function inOptions(message: string): string {
  return OPTIONS.reduce((text, [library, command]) => text.replace(library, command), message);
}

/**
 * What commander says of a wrong command line, with a pointer to the help of the command that it is about;
 * the end of `--help` and `--version` stays what it is.
 *
 * @param command `"tokenscape near"`.
 */
export function usageError(error: CommanderError, command: string): Error {
  return error.exitCode === 0 ? error : new UsageError(usageText(error, command));
}

// commander writes "error: unknown option '--sed'\n(Did you mean --seed?)", and values as <name>
function usageText(error: CommanderError, command: string): string {
  if (error.code === "commander.help")
    return "help: expected near, info or cache; see tokenscape --help";
  const text = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replaceAll(
      /(--[a-z-]+ )<(\w+)>/g,
      (_, flag: string, name: string) => flag + name.toUpperCase(),
    );
  return `${text.replace(/\.$/, "")}; see ${command} --help`;
}

function systemText(error: SystemError): string {
  const reason = systemReason(error);
  return `${error.path ?? error.syscall}: ${reason === error.code ? error.message : reason}`;
}

function bug(stack: string): Verdict {
  const text = `this is a bug in Tokenscape ${version}; please report it with these lines and the command`;
  return { text: `${text}\n${stack}`, code: exitCode.failure };
}
