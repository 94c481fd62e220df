/** The command where threads die: real ones, by a module that Node loads before the program. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeVectors } from "./inputs.ts";
import { type Ended, filesUnder, useProgram } from "./program.ts";

const program = useProgram();

/** Loaded in every thread: what the variable DIES says happens in those that are not the main one. */
const PRELOADED = `
  const { isMainThread, parentPort } = require("node:worker_threads");
  const { appendFileSync } = require("node:fs");
  const { DIES, DEATHS } = process.env;
  if (!isMainThread) {
    if (DIES === "at start") {
      appendFileSync(DEATHS, "x");
      process.exit(3);
    }
    parentPort.on("message", ({ call, args }) => {
      // the last of two, so that the other waits for it
      if (call !== DIES.split(" ")[0] || args.at(-2) !== 1) return;
      if (DIES.endsWith("throws")) throw new Error("out of\\nsomething");
      process.exit(3);
    });
  }`;

/** Where threads that die at their start leave a letter. */
const deaths = () => join(program.folder, "deaths");
let cwd = "";
let before = new Map<string, string>();

/** Maps 500 rows, which is enough work for two threads, into a folder that already holds such files. */
function run(dies = "never"): Promise<Ended> {
  const preloaded = join(program.folder, "preloaded.cjs");
  writeFileSync(preloaded, PRELOADED);
  const env = {
    NODE_OPTIONS: `--require=${JSON.stringify(preloaded)}`,
    DIES: dies,
    DEATHS: deaths(),
  };
  const path = writeVectors(program.folder, 500);
  const args = [path, "--all", "--perplexity", "20", "--threads", "2", "--out", "out"];
  return program.run(args, { cwd, env });
}

beforeAll(async () => {
  cwd = join(program.folder, "threads");
  mkdirSync(cwd);
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([0, ""]);
  before = written();
});

/** What stands in the folder; result.json has times in it. */
function written(): Map<string, string> {
  const files = filesUnder(cwd);
  const result = files.get("out/result.json")!;
  return files.set("out/result.json", result.replace(/"timings": \{[^}]*\}/, ""));
}

describe("threads that die", () => {
  it.each([
    ["at work", "tsneIterations", "a thread failed in tsneIterations: it ended (3)"],
    ["by an error", "tsneIterations throws", "a thread failed in tsneIterations: out of something"],
    ["after it", "tsneBands", "a thread failed in tsneBands: it ended (3)"],
  ])("%s are one line, status 1, and nothing written", async (_, dies, line) => {
    const names = readdirSync(join(cwd, "out"));
    const { code, stdout, stderr } = await run(dies);
    expect([code, stdout]).toEqual([1, ""]);
    const advice = "; --threads 1 does without threads, fewer rows take less memory";
    expect(stderr).toBe(`tokenscape: ${line}${advice}\n`);
    expect(written()).toEqual(before);
    expect(readdirSync(join(cwd, "out"))).toEqual(names);
  });

  it("while they start: the main one does the work, with the same bytes", async () => {
    const { code, stderr } = await run("at start");
    expect(readFileSync(deaths(), "utf8")).toMatch(/^(xx)+$/);
    expect([code, stderr]).toEqual([0, ""]);
    expect(written()).toEqual(before);
  });
});
