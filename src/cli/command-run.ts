import type { RunOptions } from "../compute/run.ts";
import type { ScreenFlags } from "./flags.ts";
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
