import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clumps } from "../clumps.ts";
import { writeSafetensors } from "../model/weights/write-safetensors.ts";
import { writeVectors } from "./inputs.ts";
import { useProgram } from "./program.ts";

const program = useProgram();

/** Dot products of row 3 with the others, largest first, computed without the library. */
function byDot(n: number): { id: number; score: number }[] {
  const { data } = clumps(n, 8, 1);
  const at = (i: number, k: number) => data[8 * i + k]!;
  return Array.from({ length: n }, (_, id) => {
    let score = 0;
    for (let k = 0; k < 8; k++) score += at(3, k) * at(id, k);
    return { id, score };
  })
    .filter(({ id }) => id !== 3)
    .sort((a, b) => b.score - a.score);
}

describe("tokenscape near", () => {
  it("ranks by the metric asked for, as JSON", async () => {
    const path = writeVectors(program.folder, 50);
    const labels = path.replace(".npy", ".json");
    const args = [
      "near",
      path,
      "t3",
      "--labels",
      labels,
      "--top",
      "5",
      "--metric",
      "dot",
      "--json",
    ];
    const { code, stdout, stderr } = await program.run(args);
    expect([code, stderr]).toEqual([0, ""]);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({
      ...{ metric: "dot", token: { id: 3, text: "t3", display: "t3", bytes: "7433" } },
      model: { name: "vectors-50.npy", revision: null, shape: [50, 8] },
    });
    const expected = byDot(50).slice(0, 5);
    expect(json.nearest).toHaveLength(5);
    for (const [i, { id, score }] of expected.entries()) {
      expect(json.nearest[i]).toMatchObject({
        rank: i + 1,
        id,
        text: `t${id}`,
        bytes: expect.any(String),
      });
      expect(json.nearest[i].score).toBeCloseTo(score, 10);
    }
  });

  it("names a row without a token once", async () => {
    const path = writeVectors(program.folder, 50);
    const { stdout } = await program.run(["near", path, "#2", "--top", "1"]);
    expect(stdout).toMatch(
      /^Nearest to #2 in \S+\.npy, by cosine similarity:\n\n {2}1 {2}#\d+ {2}\d\.\d{4}\n\nNote: /,
    );
  });

  it("prints ten by cosine, one line each", async () => {
    const { stdout } = await program.run(["near", "sample", " and"]);
    const [title, rest, blank, ...lines] = stdout.trimEnd().split("\n");
    expect(`${title}\n${rest}`).toMatch(
      /^Nearest to ·and \(#\d+\) in sample \(input matrix, tied to the output\), by cosine\n {2}similarity:$/,
    );
    expect(blank).toBe("");
    expect(lines).toHaveLength(10);
    const rows = lines.map((line) => /^ {2,3}(\d+) {2}(\S+) +(-?\d\.\d{4}) +#(\d+)$/.exec(line)!);
    expect(rows.map((row) => Number(row[1]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const scores = rows.map((row) => Number(row[3]));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it("knows a token by its text, its display and its id", async () => {
    const named = async (name: string) => (await program.run(["near", "sample", name])).stdout;
    const byText = await named(" and");
    const id = /#(\d+)\)/.exec(byText)![1];
    expect(await named("·and")).toBe(byText);
    expect(await named(`#${id}`)).toBe(byText);
  });

  it("takes a folder named near as a model if it is written as a path", async () => {
    const path = writeVectors(join(program.folder, "near"), 20);
    const { stdout } = await program.run(["info", "./near/vectors-20.npy"]);
    expect(path).toContain("near/vectors-20.npy");
    expect(stdout).toContain("20 x 8");
  });

  it("says what is to be known of the rows", async () => {
    const path = join(program.folder, "head.safetensors");
    const head = { shape: [20, 8], data: clumps(20, 8, 1).data };
    writeFileSync(path, writeSafetensors({ "lm_head.weight": head }));
    const note =
      "the file holds no input matrix: these are the rows of the output matrix lm_head.weight";
    const { stdout } = await program.run(["near", path, "#2"]);
    expect(stdout.replaceAll(/\n {2}(?=\S)/g, " ")).toContain(`Note: ${note}`);
    const { stdout: json } = await program.run(["near", path, "#2", "--json"]);
    expect(JSON.parse(json).notes).toContain(note);
  });
});
