/**
 * The largest files of each kind that are looked at, made by an enemy: all must be read, or refused with a typed
 * error, within a time and a memory that are bounded. The test command looks only at how smaller ones end.
 */
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isTokenscapeError } from "../../src/errors.ts";
import { collectGarbage } from "./collect.ts";
import { LARGEST_FILES } from "./largest-files.ts";

/** What a test leaves for the table. */
export interface LargestReport {
  readonly what: string;
  /** Of the file. */
  readonly bytes: number;
  /** `"read"`, or the error's class. */
  readonly outcome: string;
  /** In milliseconds. */
  readonly time: number;
  /** What the process grew by at most, in bytes. */
  readonly growth: number;
}

declare module "vitest" {
  interface TaskMeta {
    largest?: LargestReport;
  }
}

const LONG = process.env.MODE === "fuzz";
/** In the long run: longest time in milliseconds, and most memory beside the file in bytes. */
const MAX_TIME = 60_000;
const MAX_GROWTH = 2 * 2 ** 30;

test.for(LARGEST_FILES)("%s", { timeout: 300_000 }, async ([what, make, read], { task }) => {
  const file = make();
  if (LONG) await forgetOthers();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  let outcome = "read";
  try {
    await read(file);
  } catch (error) {
    expect(isTokenscapeError(error), String((error as Error).stack)).toBe(true);
    outcome = (error as Error).name;
  }
  if (!LONG) return;
  const time = performance.now() - start;
  const growth = Math.max(0, process.resourceUsage().maxRSS * 1024 - before);
  task.meta.largest = { what, bytes: file.length, outcome, time, growth };
  expect(time, "milliseconds").toBeLessThan(MAX_TIME);
  expect(growth, "growth of memory in bytes").toBeLessThan(MAX_GROWTH);
});

/** Frees what making the file and the cases before have left, and, on Linux, counts the peak of memory anew. */
async function forgetOthers(): Promise<void> {
  collectGarbage();
  // freed pages go back to the system a little later
  await new Promise((resolve) => setTimeout(resolve, 200));
  collectGarbage();
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // elsewhere it is that of all cases so far
  }
}
