#!/usr/bin/env node
import { CommanderError } from "@commander-js/extra-typings";
import { systemReason } from "../model/node/system-reason.ts";
import type { Runner } from "./command-run.ts";
import { exitCode, judge } from "./errors.ts";
import { abortOnInterrupt } from "./interrupt.ts";
import { createProgram } from "./program.ts";
import type { ProgressDisplay } from "./progress.ts";
import { complain, openScreen, watchOutput } from "./screen.ts";

let progress: ProgressDisplay | undefined;
const clear = () => progress?.stop();
const { signal, release } = abortOnInterrupt(endInterrupted);

const run: Runner = async (flags, action) => {
  const { progressDisplay } = await import("./progress.ts");
  progress = await progressDisplay(flags);
  const { onProgress } = progress;
  await action({ screen: openScreen(flags, clear), signal, onProgress });
};

function endInterrupted(): never {
  clear();
  complain("interrupted");
  process.exit(exitCode.interrupted);
}

function endUnwritten(error: Error): never {
  clear();
  complain(`standard output: can't be written: ${systemReason(error) ?? error.message}`);
  process.exit(exitCode.failure);
}

function endWith(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  if (signal.aborted) endInterrupted();
  const { text, code } = judge(error);
  clear();
  complain(text);
  process.exitCode = code;
}

watchOutput(endUnwritten);
try {
  await createProgram(run).parseAsync(process.argv);
} catch (error) {
  endWith(error);
} finally {
  release();
  clear();
}
