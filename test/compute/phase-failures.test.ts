/** Threads that die in any phase of the road: a clear error at once, never a hang, and the next call works. */
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunOptions } from "../../src/compute/run.ts";
import { DBSCAN } from "../../src/dbscan/dbscan.ts";
import { dbscanHierarchy } from "../../src/dbscan/hierarchy.ts";
import { ThreadError } from "../../src/errors.ts";
import { gram } from "../../src/gram/gram.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { nearestNeighbors } from "../../src/neighbors/neighbors.ts";
import { Random } from "../../src/random.ts";
import { TSNE } from "../../src/tsne/tsne.ts";

const library = process.getBuiltinModule("node:worker_threads") as { Worker: typeof Worker };

/** Every thread started by a test. */
let workers: Worker[] = [];
/** What a thread's script is changed to. */
let script: (source: string, nth: number) => string;

beforeEach(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()));
  workers = [];
  script = (source) => source;
  library.Worker = new Proxy(Worker, {
    construct(target, [source, options]) {
      const worker = new target(script(source, workers.length), { ...options, stderr: true });
      workers.push(worker);
      return worker;
    },
  });
});
afterEach(() => {
  library.Worker = Worker;
});

function noise(n: number, d: number): Matrix {
  const random = new Random(3);
  return matrix(
    n,
    d,
    Float32Array.from({ length: n * d }, () => random.uniform()),
  );
}

// large enough to be worth threads in every phase
const wide = noise(4000, 900);
const flat = noise(8000, 6);
const map = noise(110_000, 2);
const tsne = new TSNE({ perplexity: 30, maxIter: 60 });
const two = { threads: 2 };

/** Phases by a kernel of theirs that runs on all threads. */
const PHASES: readonly (readonly [
  kernel: string,
  run: (options: RunOptions) => Promise<unknown>,
])[] = [
  ["nearestSweep", (run) => nearestNeighbors(wide, { k: 9, ...run })],
  ["nearestRank", (run) => nearestNeighbors(wide, { k: 9, ...run })],
  ["kdNearest", (run) => nearestNeighbors(map, { k: 90, ...run })],
  ["conditionalRows", (run) => tsne.fit(wide, run)],
  ["pcaProducts", (run) => tsne.fit(wide, run)],
  ["tsneIterations", (run) => tsne.fit(wide, run)],
  ["tsneBands", (run) => tsne.fit(wide, run)],
  ["pairsCore", (run) => new DBSCAN({ eps: 0.2 }).fit(flat, run)],
  ["pairsJoin", (run) => new DBSCAN({ eps: 0.2 }).fit(flat, run)],
  ["pairsBorder", (run) => new DBSCAN({ eps: 0.2 }).fit(flat, run)],
  ["pairsPrim", (run) => dbscanHierarchy(flat, run)],
  ["dotProducts", (run) => gram(wide, run)],
];

/** Makes the second thread do something when it is told to run this kernel. */
function breakAt(kernel: string, act: string): void {
  script = (source, nth) => {
    if (nth !== 1) return source;
    const call = /(\w+)\[(\w+)\.call\]/.exec(source)!;
    return source.replace(
      call[0],
      `(${call[2]}.call === "${kernel}" ? () => { ${act} } : ${call[0]})`,
    );
  };
}

describe.each(PHASES)("in %s", (kernel, run) => {
  test.each([
    ["ends", "process.exit(7)", "it ended (7)"],
    ["fails", "throw new Error('broken')", "broken"],
  ])("a thread %s", async (_, act, why) => {
    breakAt(kernel, act);
    const failed = run(two);
    await expect(failed).rejects.toThrow(ThreadError);
    await expect(failed).rejects.toThrow(`a thread failed in ${kernel}: `);
    await expect(failed).rejects.toThrow(why);
    expect(workers).toHaveLength(2);
    expect(workers.filter(({ threadId }) => threadId !== -1)).toEqual([]);
  });
});

test.each(["neighbours", "affinities", "principal components", "t-SNE"])(
  "a thread that is ended from outside during %s: an error, or the same map",
  async (step) => {
    const expected = await tsne.fit(wide, two);
    let ended = false;
    const onProgress: RunOptions["onProgress"] = (progress) => {
      if (ended || !progress.step.startsWith(step)) return;
      ended = true;
      for (const worker of workers.slice(-1)) void worker.terminate();
    };
    // a thread with nothing left to do in its team is replaced by the next team
    const outcome = await tsne.fit(wide, { ...two, onProgress }).catch((error) => error);
    expect(ended).toBe(true);
    if (!(outcome instanceof ThreadError)) expect(outcome).toEqual(expected);
  },
);

test("a thread that ends while a map is looked at; the next map is the same as ever", async () => {
  const maps = tsne.iterate(wide, { ...two, every: 20 });
  const first = await maps.next();
  await workers[1]!.terminate();
  await expect(maps.next()).rejects.toThrow(ThreadError);
  expect(workers.filter(({ threadId }) => threadId !== -1)).toEqual([]);
  const again = tsne.iterate(wide, { ...two, every: 20 });
  expect((await again.next()).value).toEqual(first.value);
  await again.return();
});
