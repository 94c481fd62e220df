import { describe, expect, it } from "vitest";
import { cells } from "../../src/text/cells.ts";
import { writeVectors } from "./inputs.ts";
import { useProgram } from "./program.ts";
import { runOnTerminal, screenLines } from "./pty.ts";

const program = useProgram();
/** Some seconds of work on one thread: no machine is so quick that it is over before a bar would be seen. */
const LONG = ["--iterations", "40000", "--perplexity", "20", "--rows", "0:500", "--threads", "1"];

describe("on a terminal", () => {
  it("a bar shows what is being done and how far it is, and is gone at the end", async () => {
    const path = writeVectors(program.folder, 500);
    const { code, stdout } = await runOnTerminal(program, [path, ...LONG]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/t-SNE {2}\u2588*\u2591+ {2} *\d+ %/);
    expect(stdout).toMatch(/t-SNE .*\d+ s left in this step/);
    const lines = screenLines(stdout);
    expect(lines[0]).toMatch(/^vectors-500\.npy: rows 0:500, 500 of 500 tokens/);
    expect(lines.join("\n")).not.toMatch(/[\u2588\u2591]| s left/);
    expect(lines.at(-1)).toBe("");
  });

  // the test above shows that these runs are long enough for one
  it.each([
    ["--quiet is given", ["--quiet"], {}],
    ["it can do nothing but write", [], { TERM: "dumb" }],
  ])("there is no bar where %s", async (_, args, env) => {
    const path = writeVectors(program.folder, 500);
    const { stdout } = await runOnTerminal(program, [path, ...LONG, ...args], { env });
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("\u2588");
  });

  it("headings have colour, unless NO_COLOR is set", async () => {
    const plain = await runOnTerminal(program, [], { env: { NO_COLOR: "1" } });
    expect(plain.stdout).not.toContain("\u001b[1m");
    const { stdout } = await runOnTerminal(program, []);
    expect(stdout).toContain("\u001b[1mUngrouped tokens (");
    expect(screenLines(stdout)).toEqual(screenLines(plain.stdout));
  });

  it.each([20, 30, 40, 60, 200])("lists and notes are wrapped to %d columns", async (columns) => {
    const { stdout } = await runOnTerminal(program, ["--eps", "1"], { columns });
    const lines = screenLines(stdout);
    const end = lines.indexOf("Files written:");
    const texts = lines.slice(0, end);
    for (const line of texts) expect(cells(line)).toBeLessThanOrEqual(columns);
    expect(Math.max(...texts.map(cells))).toBeGreaterThan(columns - 10);
  });

  it("help is wrapped to it, but not wider than can be read", async () => {
    const widest = async (columns: number) => {
      const { stdout } = await runOnTerminal(program, ["--help"], { columns });
      return Math.max(...screenLines(stdout).map(cells));
    };
    expect(await widest(200)).toBeLessThanOrEqual(100);
    expect(await widest(200)).toBeGreaterThan(90);
    expect(await widest(80)).toBeLessThanOrEqual(80);
  });
});
