/** What holds a program that looks at a map as it grows: only what it waits for. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { useProgram } from "../cli/program.ts";

const program = useProgram();

/** Runs a script that can `iterate` over a run of hours on two threads; ends when the process ends by itself. */
async function run(script: string): Promise<string[]> {
  const index = JSON.stringify(join(program.main, "../../index.js"));
  const text = `
    import { TSNE } from ${index};
    const X = { data: Float32Array.from({ length: 4000 }, (_, i) => (i * i) % 977), shape: [500, 8] };
    const started = [];
    process.on("worker", (worker) => started.push(worker));
    function iterate(options) {
      const params = { perplexity: 20, maxIter: 1e8, minGradNorm: 0, nIterWithoutProgress: 1e8 };
      return new TSNE(params).iterate(X, { threads: 2, ...options });
    }
    ${script}
    console.log(started.length, "threads");`;
  const args = ["--input-type=module", "-e", text];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return stdout.trim().split("\n");
}

test("a run that is paused and never taken up again lets the program end", async () => {
  const script = `
    const states = iterate();
    console.log((await states.next()).value.nIter);
    console.log((await states.next()).value.nIter);`;
  expect(await run(script)).toEqual(["50", "100", "2 threads"]);
});

test("so does one whose loop is left early", async () => {
  const script = `
    for await (const { nIter } of iterate({ every: 70 })) {
      console.log(nIter);
      if (nIter === 140) break;
    }`;
  expect(await run(script)).toEqual(["70", "140", "2 threads"]);
});

test("and one that is cancelled, or asked for and never begun", async () => {
  const script = `
    const stop = new AbortController();
    const states = iterate({ signal: stop.signal });
    await states.next();
    stop.abort(new Error("enough"));
    console.log(await states.next().catch(({ message }) => message));
    iterate();`;
  expect(await run(script)).toEqual(["enough", "2 threads"]);
});
