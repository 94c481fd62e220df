/** What happens to work when threads don't start, die, or are many at once. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Arena } from "../../src/compute/arena.ts";
import { type Team, type TeamOptions, withTeam } from "../../src/compute/team.ts";
import { ThreadError } from "../../src/errors.ts";
import { useProgram } from "../cli/program.ts";

const MUCH = 1e12;
const library = process.getBuiltinModule("node:worker_threads") as { Worker: typeof Worker };

/** Every thread started by a test. */
let workers: Worker[] = [];

/** Starts threads by `make` from now on. */
function startBy(make: (script: string, options: object) => Worker): void {
  library.Worker = new Proxy(Worker, {
    construct(_, [script, options]) {
      const worker = make(script, options);
      workers.push(worker);
      return worker;
    },
  });
}

const real = (script: string, options: object): Worker => new Worker(script, options);

beforeEach(async () => {
  // threads of an earlier test are gone, so that all are this one's
  await Promise.all(workers.map((worker) => worker.terminate()));
  workers = [];
  startBy(real);
});
afterEach(() => {
  library.Worker = Worker;
});

interface Done {
  readonly threads: number;
  readonly numbers: Int32Array;
}

/** Adds 1 to numbers, in rounds, meeting after each. */
async function count(
  options: Partial<TeamOptions> & { rounds?: number } = {},
  meanwhile: (team: Team) => Promise<void> = async () => {},
): Promise<Done> {
  const arena = new Arena();
  const [numbers, chunks] = [arena.i32(200), arena.i32(2)];
  const rounds = options.rounds ?? 20;
  return withTeam({ bytes: arena.bytes, work: MUCH, threads: 3, ...options }, async (team) => {
    await Promise.all([team.all("teamCheck", numbers.at, 200, rounds, chunks.at), meanwhile(team)]);
    return { threads: team.threads, numbers: team.i32(numbers).slice() };
  });
}

const twenty = new Int32Array(200).fill(20);
const FOREVER = 0xffffffff;
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 60));
const alive = () => workers.filter(({ threadId }) => threadId !== -1).length;

describe("threads that don't start", () => {
  test("none: the calling thread does the work", async () => {
    startBy(() => {
      throw new Error("no threads here");
    });
    expect(await count()).toEqual({ threads: 1, numbers: twenty });
  });

  test("one of three: the others do the work", async () => {
    let asked = 0;
    startBy((script, options) => {
      if (++asked === 2) throw new Error("not this one");
      return real(script, options);
    });
    expect(await count()).toEqual({ threads: 2, numbers: twenty });
  });

  test("two of three: a thread alone is ended, and the calling one does the work", async () => {
    startBy((script, options) => {
      if (workers.length === 0) return real(script, options);
      throw new Error("no more threads");
    });
    expect(await count()).toEqual({ threads: 1, numbers: twenty });
    expect(alive()).toBe(0);
  });

  test.each([
    ["end while starting", "process.exit(3)"],
    ["throw while starting", "throw new Error('broken')"],
    [
      "end when told to open the kernels",
      "require('worker_threads').parentPort.once('message', () => process.exit())",
    ],
  ])("%s", async (_, script) => {
    startBy((_script, options) => new Worker(script, { ...options, stderr: true }));
    expect(await count()).toEqual({ threads: 1, numbers: twenty });
    expect(alive()).toBe(0);
  });

  test("can't open the kernels", async () => {
    startBy((script, options) =>
      real(script.replace("WebAssembly.Instance", "no.Instance"), options),
    );
    expect(await count()).toEqual({ threads: 1, numbers: twenty });
    expect(alive()).toBe(0);
  });

  test("never answer: they are ended after ten seconds", async () => {
    startBy((_script, options) => new Worker("setInterval(() => {}, 1000)", options));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const run = count();
      while (vi.getTimerCount() < 3) await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(9_999);
      expect(alive()).toBe(3);
      await vi.advanceTimersByTimeAsync(1);
      expect(await run).toEqual({ threads: 1, numbers: twenty });
      expect(alive()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("threads that die", () => {
  test("at work: the call fails, no other thread waits, none is left behind", async () => {
    const run = count({ rounds: FOREVER }, async () => {
      await soon();
      await workers[1]!.terminate();
    });
    await expect(run).rejects.toThrow(ThreadError);
    await expect(run).rejects.toThrow("a thread failed in teamCheck: it ended (1)");
    expect(workers).toHaveLength(3);
    expect(alive()).toBe(0);
    expect(await count()).toEqual({ threads: 3, numbers: twenty });
  });

  test("all at once", async () => {
    const run = count({ rounds: FOREVER }, async () => {
      await soon();
      for (const worker of workers) void worker.terminate();
    });
    await expect(run).rejects.toThrow(ThreadError);
    expect(await count()).toEqual({ threads: 3, numbers: twenty });
  });

  test("between two calls: others are started", async () => {
    await count();
    await workers[0]!.terminate();
    await workers[2]!.terminate();
    expect(await count()).toEqual({ threads: 3, numbers: twenty });
    expect(workers).toHaveLength(5);
  });
});

describe("calls that fail or are cancelled", () => {
  test("while threads work: those are ended, and the next call has a memory of zeros", async () => {
    const run = count({ rounds: FOREVER }, async () => {
      await soon();
      throw new Error("something else failed");
    });
    await expect(run).rejects.toThrow("something else failed");
    expect(alive()).toBe(0);
    expect(await count()).toEqual({ threads: 3, numbers: twenty });
  });

  test("between slices: threads stay for the next call", async () => {
    const stop = new AbortController();
    const run = withTeam({ bytes: 65536, work: MUCH, threads: 3 }, async () => {
      stop.abort(new Error("enough"));
      stop.signal.throwIfAborted();
    });
    await expect(run).rejects.toThrow("enough");
    expect(await count()).toEqual({ threads: 3, numbers: twenty });
    expect(workers).toHaveLength(3);
  });

  test("before they begin: no thread is started", async () => {
    const signal = AbortSignal.abort(new Error("not now"));
    await expect(count({ signal })).rejects.toThrow("not now");
    expect(workers).toHaveLength(0);
  });

  test("while threads start", async () => {
    const stop = new AbortController();
    const run = count({ signal: stop.signal });
    stop.abort(new Error("too late"));
    await expect(run).rejects.toThrow("too late");
    expect(await count()).toEqual({ threads: 3, numbers: twenty });
  });
});

test("a team asked twice at once refuses, and does not wait for ever", async () => {
  const run = count({ rounds: 20_000 }, (team) => team.all("teamCheck", 65536, 0, 1, 65536));
  await expect(run).rejects.toThrow("asked before it has answered");
});

test("many calls at once, and calls within calls", async () => {
  const runs = Array.from({ length: 6 }, (_, i) =>
    count({ threads: (i % 4) + 1, rounds: 20 }, async () => {
      expect((await count({ threads: 2 })).numbers).toEqual(twenty);
    }),
  );
  for (const [i, { threads, numbers }] of (await Promise.all(runs)).entries()) {
    expect(threads).toBe((i % 4) + 1);
    expect(numbers).toEqual(twenty);
  }
});

describe("in a program of its own", () => {
  const program = useProgram();

  async function start(file: string, ...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(file, args, { timeout: 60_000 });
    return stdout.trim();
  }

  /** Runs a script that can `call` teams. */
  async function run(script: string, ...flags: string[]): Promise<string> {
    const from = (name: string) => JSON.stringify(join(program.main, `../../compute/${name}.js`));
    const text = `
      import { withTeam } from ${from("team")};
      import { Arena } from ${from("arena")};
      async function call(megabytes, threads, body = () => {}) {
        const arena = new Arena();
        const region = arena.u8(megabytes * 2 ** 20);
        const chunks = arena.i32(2);
        return withTeam({ bytes: arena.bytes, work: 1e12, threads }, async (team) => {
          team.u8(region).fill(0);
          await team.all("teamCheck", region.at, 16 * 7, 5, chunks.at);
          await body(team);
          return team.threads + " " + team.i32({ at: region.at, length: 112 })[100];
        });
      }
      ${script}`;
    return start(process.execPath, ...flags, "--input-type=module", "-e", text);
  }

  test("without the permission to start threads, the calling one does the work", async () => {
    const permission = process.allowedNodeEnvironmentFlags.has("--permission")
      ? "--permission"
      : "--experimental-permission";
    const flags = [permission, "--allow-fs-read=*", "--no-warnings"];
    expect(await run("console.log(await call(1, 2))", ...flags)).toBe("1 5");
    expect(await run("console.log(await call(1, 2))", ...flags, "--allow-worker")).toBe("2 5");
  });

  test("it ends by itself, though threads are idle or a call has failed", async () => {
    const script = `
      console.log(await call(1, 3));
      await call(1, 3, () => { throw new Error("failed"); }).catch(({ message }) => console.log(message));
      await call(1, 3, (team) => team.all("teamCheck", 0x7fffff00, 80, 3, 0x7fffff00)).catch(({ name }) => console.log(name));
      console.log(await call(100, 3));`;
    expect((await run(script)).split("\n")).toEqual(["3 5", "failed", "ThreadError", "3 5"]);
  });

  test("memory is used again: ten calls take little more than one", async () => {
    const script = `
      for (let i = 0; i < 10; i++) await call(200, i % 2 + 1);
      console.log(process.resourceUsage().maxRSS / 1024);`;
    const megabytes = Number(await run(script));
    expect(megabytes).toBeGreaterThan(200);
    expect(megabytes).toBeLessThan(500);
  });

  test.skipIf(process.platform !== "linux")("memory that can't be had", async () => {
    const team = JSON.stringify(join(program.main, "../../compute/team.js"));
    const script = `
      const { withTeam } = await import(${team});
      await withTeam({ bytes: 2e9, work: 1 }, async () => {})
        .catch(({ name, message }) => console.log(name + ": " + message));`;
    const limited = 'ulimit -v 8000000 && exec "$0" --input-type=module -e "$1"';
    expect(await start("sh", "-c", limited, process.execPath, script)).toBe(
      "RangeError: expected 2 GB of free memory, could not get them: take fewer rows",
    );
  });
});
