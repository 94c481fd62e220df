import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromRows } from "../../src/matrix.ts";
import { writeNpy } from "../../src/model/weights/npy.ts";
import { sampleSize, writeVectors } from "./inputs.ts";
import { bareEnvironment, type Ended, ended, filesUnder, useProgram } from "./program.ts";

const program = useProgram();
const { vocab } = sampleSize();

/** Runs the program in a folder of its own and expects it to end with one line and nothing written. */
async function failure(
  args: readonly string[],
  prepare?: (folder: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const cwd = join(program.folder, `failure-${count++}`);
  mkdirSync(cwd);
  prepare?.(cwd);
  const before = [...filesUnder(cwd).keys()];
  const { code, stdout, stderr }: Ended = await program.run(args, { cwd, env });
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
    expect(line).toContain(`--rows: there is no row ${vocab};`);
  });
  it("a row named twice", async () => {
    expect(await failure(["--rows", "5,0:10"])).toBe("--rows: row 5 is named twice");
  });
  it("a perplexity that is too large for the rows", async () => {
    const line = await failure(["--perplexity", "100"]);
    expect(line).toBe("--perplexity: expected a number below the number of rows, 100, got 100");
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
    expect(line).toBe("names: expected one label for each of 20 rows, got 2");
  });
  it("coordinates of another shape", async () => {
    const line = await failure(["--coordinates", "y.npy"], (folder) =>
      writeFileSync(join(folder, "y.npy"), writeNpy(fromRows([[1, 2]]))),
    );
    expect(line).toBe("--coordinates: expected 100 x 2, one row for every token, got 1 x 2");
  });
  it("a default that takes more rows than there are", async () => {
    const line = await failure(["vectors-6.npy"], (folder) => writeVectors(folder, 6));
    expect(line).toBe("--rows: the default 0:100 needs 100 rows, and there are 6: try --all");
  });
  it.each(["", "\n\r\n"])("a list without a token: %j", async (list) => {
    const write = (folder: string) => writeFileSync(join(folder, "list"), list);
    const line = await failure(["--tokens", "list"], write);
    expect(line).toBe("--tokens list: expected one token on a line, got an empty list");
  });
  it.each(["gpt2@", "gpt2@a@b", "gpt2@../..", "gpt2@ma in"])("%j", async (model) => {
    const revision = JSON.stringify(model.slice("gpt2@".length));
    expect(await failure([model])).toBe(
      `gpt2: expected a branch, tag or commit such as "main", got ${revision}`,
    );
  });
  it.each([
    ["HF_ENDPOINT", "notaurl", /HF_ENDPOINT.*got "notaurl"$/],
    ["HF_ENDPOINT", "ftp://x", /HF_ENDPOINT.*got "ftp:\/\/x"$/],
    ["HF_TOKEN", "hf_a\nb", /^HF_TOKEN: expected a token of visible ASCII characters$/],
    ["HF_TOKEN", "hf_é", /^HF_TOKEN: expected a token of visible ASCII characters$/],
  ])("%s=%j", async (name, value, line) => {
    expect(await failure(["gpt2"], undefined, { [name]: value })).toMatch(line);
  });
  it("a file that is not what it is called", async () => {
    const line = await failure(["x.npy"], (folder) => writeFileSync(join(folder, "x.npy"), "PK"));
    expect(line).toMatch(/^x\.npy: byte 0: not a \.npy file/);
  });
  it.each([
    [["x.npy", "--rows", "2:4", "--perplexity", "1"], "row #3"],
    [["near", "x.npy", "#0", "--top", "1"], "row #3"],
    [["near", "x.npy", "#0", "--top", "1", "--labels", "names"], "row d (#3)"],
  ])("values that are no numbers: %j", async (args, row) => {
    const line = await failure(args, (folder) => {
      const data = [
        [1, 2],
        [1, 3],
        [1, 4],
        [1, Number.NaN],
      ];
      writeFileSync(join(folder, "x.npy"), writeNpy(fromRows(data)));
      writeFileSync(join(folder, "names"), "a\nb\nc\nd\n");
    });
    expect(line).toBe(`x.npy: expected finite values, got NaN in ${row}, column 1`);
  });
  it.each([
    [["--rows", "5"], "--rows"],
    [["--rows", "7:8"], "--rows"],
    [["--match", "^ and$"], "--match"],
    [["--tokens", "list"], "--tokens"],
  ])("a single row: %j", async (args, flag) => {
    const line = await failure(args, (folder) => writeFileSync(join(folder, "list"), "·and\n"));
    expect(line).toBe(`${flag}: expected at least 2 rows, got 1`);
  });
  it("a hub that must not be asked", async () => {
    expect(await failure(["no/such-model", "--offline"])).toMatch(/no\/such-model/);
  });
});

describe("a model that is nowhere", () => {
  it.each([
    ["infoo", "; did you mean info?"],
    ["inof", "; did you mean info?"],
    ["NEAR", "; did you mean near?"],
    ["sample@main", "; did you mean sample?"],
    ["open", ""],
    ["gpt2", ""],
  ])("such as %s is named, and a slip of the keys pointed out", async (model, meant) => {
    const env = { HF_HUB_OFFLINE: "0", HF_ENDPOINT: "http://127.0.0.1:2" };
    expect(await failure([model], undefined, env)).toBe(
      `${model}: there is no file or folder of this name here, and http://127.0.0.1:2 cannot be reached ` +
        `(ECONNREFUSED): check the network, or HF_ENDPOINT if the hub is elsewhere${meant}`,
    );
    expect(await failure([model])).toMatch(meant === "" ? /without it$/ : /; did you mean \w+\?$/);
  });
});

describe("output that can't be written", () => {
  it.skipIf(!existsSync("/dev/full")).each(["", "--json", "--version"])("%s", async (flag) => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [program.main, ...flag.split(" ").filter(Boolean)], {
      cwd: program.folder,
      env: bareEnvironment(program.folder),
      stdio: ["ignore", full, "pipe"],
    });
    const { code, stderr } = await ended(child);
    closeSync(full);
    expect(code).toBe(1);
    const said = stderr.trimEnd().split("\n").at(-1);
    expect(said).toBe("tokenscape: standard output: can't be written: no space left on the disk");
    expect(stderr).not.toContain("node:");
  });
});

describe("a token that near can't tell", () => {
  it("is answered with those that may have been meant", async () => {
    const line = await failure(["near", "sample", " AND "]);
    expect(line).toMatch(/^no token has the text or display ' AND '; there is .*·and \(#\d+\)/);
  });
  it("is answered with what to give where rows have no names", async () => {
    const line = await failure(["near", "vectors-20.npy", " the"], (folder) => {
      writeVectors(folder, 20);
    });
    expect(line).toBe(
      "there is no token ' the': the rows have no names; give an id, '#0' to '#19', or their names with --labels",
    );
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
