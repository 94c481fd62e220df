#!/usr/bin/env node
import { CommanderError } from "@commander-js/extra-typings";
import { exitCode, judge } from "./errors.ts";
import { abortOnInterrupt } from "./interrupt.ts";
import { createProgram, type Runner } from "./program.ts";
import { complain, forgiveClosedPipes, openScreen } from "./screen.ts";

const run: Runner = async (flags, action) => {
  const { progressDisplay } = await import("./progress.ts");
  const progress = progressDisplay(flags);
  const interrupted = () => {
    progress.stop();
    complain("interrupted");
    process.exit(exitCode.interrupted);
  };
  const { signal, release } = abortOnInterrupt(interrupted);
  try {
    await action({
      screen: openScreen(flags, progress.stop),
      signal,
      onProgress: progress.onProgress,
    });
  } catch (error) {
    if (signal.aborted) interrupted();
    throw error;
  } finally {
    release();
    progress.stop();
  }
};

forgiveClosedPipes();
try {
  await createProgram(run).parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError && error.exitCode === 0)) {
    const { text, code } = judge(error);
    complain(text);
    process.exitCode = code;
  }
}
