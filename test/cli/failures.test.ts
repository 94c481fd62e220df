import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromRows } from "../../src/matrix.ts";
import { writeNpy } from "../../src/model/npy.ts";
import { sampleSize, writeVectors } from "./inputs.ts";
import { type Ended, filesUnder, useProgram } from "./program.ts";

const program = useProgram();
const { vocab } = sampleSize();

/** Runs the program in a folder of its own and expects it to end with one line and nothing written. */
async function failure(
  args: readonly string[],
  prepare?: (folder: string) => void,
): Promise<string> {
  const cwd = join(program.folder, `failure-${count++}`);
  mkdirSync(cwd);
  prepare?.(cwd);
  const before = [...filesUnder(cwd).keys()];
  const { code, stdout, stderr }: Ended = await program.run(args, { cwd });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^tokenscape: [^\n]*\n$/);
  expect([...filesUnder(cwd).keys()]).toEqual(before);
  return stderr.slice("tokenscape: ".length, -1);
}
let count = 0;

describe("a failure of the input is one line, status 1, and nothing written:", () => {
  it("a path that does not exist", async () => {
    expect(await failure(["./nothing"])).toBe("./nothing: there is no such file or folder");
  });
  it("rows out of range", async () => {
    const line = await failure(["--rows", `0:${vocab + 1}`]);
    expect(line).toContain(`rows: there is no row ${vocab};`);
  });
  it("a row named twice", async () => {
    expect(await failure(["--rows", "5,0:10"])).toBe("rows: row 5 is named twice");
  });
  it("a perplexity that is too large for the rows", async () => {
    const line = await failure(["--perplexity", "100"]);
    expect(line).toBe("TSNE: expected a perplexity below the number of rows, 100, got 100");
  });
  it("no token that matches", async () => {
    expect(await failure(["--match", "qqqq$"])).toBe("--match: no token's text matches qqqq$");
  });
  it("a list with a token that is none", async () => {
    const write = (folder: string) => writeFileSync(join(folder, "list"), "!\r\nno such\u001b\n");
    const line = await failure(["--tokens", "list"], write);
    expect(line).toBe('list: line 2: no token is displayed as "no such\\x1B"');
  });
  it("a list that does not exist", async () => {
    expect(await failure(["--tokens", "list"])).toBe("list: can't be read: there is no such file");
  });
  it("a tensor that does not exist", async () => {
    expect(await failure(["--tensor", "wte"])).toMatch(/no tensor is named "wte".*wte\.weight/);
  });
  it("labels that are not as many as the rows", async () => {
    const line = await failure(["vectors-20.npy", "--labels", "names"], (folder) => {
      writeVectors(folder, 20);
      writeFileSync(join(folder, "names"), "a\nb\n");
    });
    expect(line).toBe("labels: expected one for each of 20 rows, got 2 from names");
  });
  it("coordinates of another shape", async () => {
    const line = await failure(["--coordinates", "y.npy"], (folder) =>
      writeFileSync(join(folder, "y.npy"), writeNpy(fromRows([[1, 2]]))),
    );
    expect(line).toBe("coordinates: expected 100 x 2, one row for every token, got 1 x 2");
  });
  it("a file that is not what it is called", async () => {
    const line = await failure(["x.npy"], (folder) => writeFileSync(join(folder, "x.npy"), "PK"));
    expect(line).toMatch(/^x\.npy: byte 0: not a \.npy file/);
  });
  it("values that are no numbers", async () => {
    const line = await failure(["x.npy", "--rows", "0:2", "--perplexity", "1"], (folder) =>
      writeFileSync(
        join(folder, "x.npy"),
        writeNpy(
          fromRows([
            [1, Number.NaN],
            [1, 2],
          ]),
        ),
      ),
    );
    expect(line).toMatch(/expected finite values, got NaN in row 0, column 1/);
  });
  it("a hub that must not be asked", async () => {
    expect(await failure(["no/such-model", "--offline"])).toMatch(/no\/such-model/);
  });
});

describe("a token that near can't tell", () => {
  it("is answered with those that may have been meant", async () => {
    const line = await failure(["near", "sample", " AND "]);
    expect(line).toMatch(/^no token has the text or display ' AND '; there is .*·and \(#\d+\)/);
  });
  it("is answered with the range of ids", async () => {
    const line = await failure(["near", "sample", `#${vocab}`]);
    expect(line).toBe(`there is no token #${vocab}; ids go from #0 to #${vocab - 1}`);
  });
  it("is answered with all that have its text", async () => {
    const names = Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? "same" : `t${i}`));
    const args = ["near", "vectors-20.npy", "same", "--labels", "vectors-20.json"];
    const line = await failure(args, (folder) => writeVectors(folder, 20, names));
    expect(line).toMatch(/^4 tokens have the text 'same'; name one by its id: .*#0\).*#15\)$/);
  });
  it("is answered with how many others there are", async () => {
    const line = await failure(["near", "sample", "a", "--top", `${vocab}`]);
    expect(line).toBe(`--top: there are only ${vocab - 1} other tokens, got ${vocab}`);
  });
});
