import fc from "fast-check";
import { describe, expect, type TestContext, test } from "vitest";
import { FormatError, HubError, isTokenscapeError, UnsupportedError } from "../../src/errors.ts";
import { collectGarbage } from "./collect.ts";
import { type Mutation, mutate, mutation } from "./mutations.ts";

/** A file that must be refused. */
export interface MalformedFile {
  readonly what: string;
  readonly file: Uint8Array;
  /**
   * The byte that the error must name, or the text (as UTF-8) that must stand there; "" at the end of the
   * file. Default: any byte of it.
   */
  readonly place?: number | string;
  readonly message?: RegExp | string;
}

/** A reader of files, and what to try it with. */
export interface FuzzedParser {
  /** As the table calls the parser. */
  readonly name: string;
  /** Valid files, small ones (up to some KB): all cases are changes of these. */
  readonly seeds: readonly Uint8Array[];
  /** Reads a file, and all that is read later where that may fail: rows, tokens. */
  readonly parse: (file: Uint8Array) => unknown;
  /** What errors call the file, default the parser's name. */
  readonly file?: string;
  /** Words of the format, to be put anywhere. */
  readonly tokens?: readonly string[];
  /** Makes lengths and checksums of a changed file right, so that the change gets past them; half of the cases. */
  readonly repair?: (file: Uint8Array) => Uint8Array;
  /** The bytes are answers of a hub, or files kept of it: any error of ours is right. */
  readonly isHub?: boolean;
  /** What is broken is fetched anew, so that nothing need be refused. */
  readonly isMended?: boolean;
  /** Each case is a whole run: a hundredth of the cases. */
  readonly isSlow?: boolean;
  /** Files that must be refused with a `FormatError` (a hub's answers with a `HubError`), for one reason each. */
  readonly malformed?: readonly MalformedFile[];
}

/** What a test leaves for the table. */
export interface FuzzReport {
  readonly parser: string;
  readonly malformed: number;
  readonly cases: number;
  readonly accepted: number;
  readonly untyped: number;
  /** The longest time of one case, in milliseconds. */
  readonly worst: number;
  /** The most that the process grew by, in bytes. */
  readonly growth: number;
}

declare module "vitest" {
  interface TaskMeta {
    fuzz?: FuzzReport;
  }
}

/** `npm run fuzz` sets the mode: many more cases, and the time of each is looked at. */
const LONG = process.env.MODE === "fuzz";
const CASES = LONG ? 100_000 : 2000;
const SEED = 20261123;
/** More memory than this for files of some KB means that a length was believed unchecked. */
const MAX_GROWTH = 512 << 20;
/** Longest time of one case in the long run, in milliseconds: reading some KB must not hang. */
const MAX_TIME = 5000;

/**
 * Declares the tests of a parser with hostile files: seeds are read, malformed files are refused, and
 * changes of the seeds (`mutations.ts`: the same ones on every run) are read or refused with a typed
 * error, without hanging and without filling memory.
 */
export function fuzzParser(parser: FuzzedParser): void {
  const { name, seeds, parse, malformed = [] } = parser;
  describe(name, () => {
    test.each(seeds.map((seed, i) => [i, seed] as const))("reads seed %i", async (_i, seed) => {
      await parse(seed.slice());
    });
    test.each(malformed.map((bad) => [bad.what, bad] as const))(
      "refuses %s",
      async (_what, bad) => {
        const error = await failure(parse, bad.file);
        expect(error).toBeInstanceOf(parser.isHub === true ? HubError : FormatError);
        expect(complaint(error, bad.file, parser)).toBeUndefined();
        if (bad.message !== undefined) expect((error as Error).message).toMatch(bad.message);
        const { offset } = error as FormatError;
        if (typeof bad.place === "number") expect(offset).toBe(bad.place);
        else if (bad.place !== undefined)
          expect(textAt(bad.file, offset!, bad.place)).toBe(bad.place);
      },
    );
    const numRuns = parser.isSlow === true ? CASES / 100 : CASES;
    test(`${numRuns} changed files`, { timeout: 900_000 }, (context) =>
      fuzz(parser, numRuns, context),
    );
  });
}

async function fuzz(parser: FuzzedParser, numRuns: number, { task }: TestContext): Promise<void> {
  let cases = 0;
  let accepted = 0;
  let untyped = 0;
  let worst = 0;
  collectGarbage();
  const memory = new MemoryPeak();
  const run = async (file: Uint8Array): Promise<void> => {
    const start = performance.now();
    const error = await failure(parser.parse, file);
    const time = performance.now() - start;
    cases++;
    memory.look(time > SLOW || cases % PAUSE === 0);
    worst = Math.max(worst, time);
    if (error === undefined) accepted++;
    const fault = complaint(error, file, parser);
    if (fault !== undefined) {
      untyped++;
      expect.fail(
        `${fault}\n${file.length} bytes: ${Buffer.from(file).toString("latin1").slice(0, 2000)}`,
      );
    }
    // an `expect` takes as long as some cases
    if (memory.growth >= MAX_GROWTH) expect.fail(`memory grew by ${memory.growth} bytes`);
    if (LONG && time >= MAX_TIME) expect.fail(`the case took ${time} ms`);
  };
  try {
    await fc.assert(fc.asyncProperty(changedFile(parser), run), { seed: SEED, numRuns });
  } finally {
    const { growth } = memory;
    const malformed = parser.malformed?.length ?? 0;
    task.meta.fuzz = { parser: parser.name, malformed, cases, accepted, untyped, worst, growth };
  }
  // changes that all fail, or none, would say little
  expect(accepted).toBeGreaterThan(0);
  if (parser.isMended !== true) expect(accepted).toBeLessThan(cases);
}

/** A seed after one to four changes. */
function changedFile({ seeds, tokens = [], repair }: FuzzedParser): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(mutation(tokens), { minLength: 1, maxLength: 4 });
  const index = fc.nat(seeds.length - 1);
  return fc
    .tuple(index, index, changes, fc.boolean())
    .map(([seed, other, list, mend]: [number, number, Mutation[], boolean]) => {
      const file = list.reduce(
        (bytes, change) => mutate(bytes, change, seeds[other]!),
        seeds[seed]!,
      );
      return mend && repair !== undefined ? repair(file) : file;
    });
}

/** What reading the file throws; undefined if it is read. */
async function failure(parse: FuzzedParser["parse"], file: Uint8Array): Promise<unknown> {
  try {
    await parse(file.slice());
    return undefined;
  } catch (error) {
    return error ?? new Error("nothing was thrown");
  }
}

/** What is wrong with an error; undefined if nothing is. */
function complaint(error: unknown, bytes: Uint8Array, parser: FuzzedParser): string | undefined {
  if (error === undefined) return undefined;
  const isHub = parser.isHub === true;
  const isOfFile = error instanceof FormatError || error instanceof UnsupportedError;
  if (!(isHub ? isTokenscapeError(error) : isOfFile)) {
    return `untyped error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const { message, stack } = error as Error;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be in the message
  if (/[\u0000-\u001f\u007f-\u009f]/.test(message)) return `a control character: ${message}`;
  if (message.length > 600) return `a message of ${message.length} characters`;
  if (isHub || error instanceof UnsupportedError) return undefined;
  const { file, offset } = error as FormatError;
  const name = parser.file ?? parser.name;
  if (file !== name || !message.startsWith(name)) return `the file is not named: ${message}`;
  if (offset === undefined) return `no offset: ${stack}`;
  if (!Number.isInteger(offset) || offset < 0 || offset > bytes.length) {
    return `offset ${offset} in a file of ${bytes.length} bytes: ${message}`;
  }
  return undefined;
}

/** The text that stands at this byte, as long as the one expected; all of the rest where "" is expected. */
function textAt(file: Uint8Array, offset: number, expected: string): string {
  const length = expected === "" ? 40 : new TextEncoder().encode(expected).length;
  return new TextDecoder().decode(file.subarray(offset, offset + length));
}

/** A case longer than this (milliseconds) is followed by a look at the memory, and so is every 16th one. */
const SLOW = 1;
const PAUSE = 16;

/** The most that the process has grown by since this was made, in bytes. */
class MemoryPeak {
  readonly #before: number = held();
  readonly #highest: number = highest();
  #peak: number = this.#before;

  get growth(): number {
    return this.#peak - this.#before;
  }

  /** @param closely Also count buffers that nothing was ever written to, and what lies below an earlier peak. */
  look(closely: boolean): void {
    // what the system saw within a case, which may be free again
    const now = highest();
    if (now > this.#highest) this.#peak = Math.max(this.#peak, now);
    if (closely) this.#peak = Math.max(this.#peak, held());
  }
}

/** What the process holds, in bytes; buffers count also where nothing was ever written to them. */
function held(): number {
  const { rss, arrayBuffers } = process.memoryUsage();
  return Math.max(rss, arrayBuffers);
}

/** The most that the process ever held, in bytes: far quicker to ask for. */
function highest(): number {
  return process.resourceUsage().maxRSS * 1024;
}
