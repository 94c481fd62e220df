import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Arena } from "../../src/compute/arena.ts";
import { type TeamOptions, withTeam } from "../../src/compute/team.ts";

const MUCH = 1e12;

/** What `teamCheck` leaves: the numbers, and how many chunks were counted. */
async function check(
  count: number,
  rounds: number,
  options: Pick<TeamOptions, "work" | "threads">,
): Promise<{ threads: number; numbers: Int32Array; chunks: number }> {
  const arena = new Arena();
  const numbers = arena.i32(count);
  const chunks = arena.i32(2);
  return withTeam({ bytes: arena.bytes, ...options }, async (team) => {
    await team.all("teamCheck", numbers.at, count, rounds, chunks.at);
    return {
      threads: team.threads,
      numbers: team.i32(numbers).slice(),
      chunks: team.i32(chunks)[1]!,
    };
  });
}

describe("threads meet, and share the work", () => {
  test.each([1, 2, 3, 4, 7])("%i threads", async (threads) => {
    for (const count of [0, 1, 17, 1000]) {
      const done = await check(count, 50, { work: MUCH, threads });
      expect(done.threads).toBe(threads);
      expect(done.numbers).toEqual(new Int32Array(count).fill(50));
      expect(done.chunks).toBe(50 * Math.ceil(count / 16));
    }
  });

  test("little work is done where it is asked for", async () => {
    expect((await check(1000, 3, { work: 10, threads: 4 })).threads).toBe(1);
  });

  test("memory begins as zeros, run after run, and regions don't overlap", async () => {
    for (let run = 0; run < 3; run++) {
      expect((await check(100, 1, { work: MUCH, threads: 2 })).chunks).toBe(7);
    }
  });
});

test.each([0, 65, 1.5, Number.NaN])("%d threads are refused", async (threads) => {
  await expect(check(1, 1, { work: 1, threads })).rejects.toThrow(
    `expected 1 to 64 threads, got ${threads}`,
  );
});

test("work that can't fit says so", async () => {
  await expect(withTeam({ bytes: 5e9, work: 1 }, async () => 0)).rejects.toThrow(
    "expected work that fits into 4.3 GB of memory, got 5 GB",
  );
});

test("a kernel that fails fails the call, and no thread waits for ever", async () => {
  for (const threads of [1, 2, 4]) {
    const run = withTeam({ bytes: 65536, work: MUCH, threads }, (team) =>
      team.all("teamCheck", 0x7fffff00, 16 * 5, 3, 0x7fffff00),
    );
    await expect(run).rejects.toThrow(/out of bounds/);
  }
  expect((await check(100, 2, { work: MUCH, threads: 2 })).chunks).toBe(14);
});

test("no kernel waits by an instruction of its own (assembly/threads.ts says why)", () => {
  const folder = new URL("../../assembly/", import.meta.url);
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".ts"))) {
    expect(readFileSync(new URL(name, folder), "utf8"), name).not.toMatch(/\batomic\.wait\b/);
  }
});
