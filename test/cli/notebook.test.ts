import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/model/weights/npy.ts";
import type { ResultJson } from "../../src/report/result.ts";
import { groupDigits } from "../../src/text/numbers.ts";
import { hostileTexts } from "../report/hostile.ts";
import { sampleSize, writeVectors } from "./inputs.ts";
import { bareEnvironment, filesUnder, useProgram } from "./program.ts";

const program = useProgram();

const FILES = [
  "clusters.svg",
  "coordinates.npy",
  "embeddings.svg",
  "map.svg",
  "report.html",
  "result.json",
  "tokens.csv",
];
// control characters besides line feeds, and what reorders a line
const ACTING = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

/** A folder of its own to run in. */
function workFolder(name: string): string {
  const folder = join(program.folder, name);
  mkdirSync(folder);
  return folder;
}

/** A map of n points: a group of 100, then groups of 20, far apart. */
function gridOfGroups(n: number): Uint8Array {
  const group = (i: number): number => (i < 100 ? 0 : Math.floor((i - 80) / 20));
  const data = Float32Array.from({ length: 2 * n }, (_, k) =>
    k % 2 === 0 ? 50 * group(k >> 1) : 0.01 * ((k >> 1) % 20),
  );
  return writeNpy({ data, shape: [n, 2] });
}

function resultIn(folder: string): ResultJson {
  return JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
}

/** The files of a folder, the timings in result.json left out. */
function timeless(folder: string): Map<string, string> {
  const files = filesUnder(folder);
  return files.set("result.json", files.get("result.json")!.replace(/^ {2}"timings".*$/m, ""));
}

describe("tokenscape", () => {
  it("does the notebook on the sample, writes the files, and lists the groups and the files", async () => {
    const cwd = workFolder("sample");
    const { code, stdout, stderr } = await program.run([], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    const out = join(cwd, "tokenscape-out/sample");
    expect([...filesUnder(cwd).keys()]).toEqual(
      FILES.map((name) => `tokenscape-out/sample/${name}`),
    );

    const { tokens, dbscan, tsne } = resultIn(out);
    const { vocab, dim } = sampleSize();
    const header = `sample: rows 0:100, 100 of ${groupDigits(vocab)} tokens, ${dim} dimensions (wte.weight, input matrix, tied to the output, F16)\n`;
    expect(stdout.replace(/\n {2}(?=\S)/, " ").startsWith(header)).toBe(true); // wrapped
    expect(stdout).toContain(
      `KL divergence ${Number(tsne!.klDivergence.toPrecision(4))} after 1000 iterations\n`,
    );
    const headings = [...stdout.matchAll(/^(?:Ungrouped|Tokens in group \d+).*$/gm)].map(String);
    expect(headings).toEqual([
      `Ungrouped tokens (${dbscan.noise}):`,
      ...dbscan.sizes.map((size, label) => `Tokens in group ${label} (${size}):`),
    ]);
    const listed = stdout.slice(stdout.indexOf("Ungrouped"), stdout.indexOf("Files written"));
    const words = new Set(listed.split(/\s+/));
    for (const { display } of tokens) expect(words).toContain(display);
    const written = stdout.slice(stdout.indexOf("Files written:\n"));
    expect(
      written
        .match(/tokenscape-out\/sample\/\S+/g)!
        .map((path) => path.slice(22))
        .sort(),
    ).toEqual(FILES);
  });

  it("writes the same bytes for the same command, wherever they go", async () => {
    const [a, b] = [join(program.folder, "same-a"), join(program.folder, "same-b")];
    const args = ["--perplexity", "8", "--seed", "3", "--transform", "unit", "--eps", "5"];
    await program.run([...args, "--out", a]);
    await program.run(["--eps=5", "--transform=unit", "--quiet", "--out", b, ...args.slice(0, 4)]);
    expect(timeless(a)).toEqual(timeless(b));
    expect(timeless(a).size).toBe(FILES.length);
  });

  it("says how to make it again, and that is true", async () => {
    const cwd = workFolder("it's $HOME; & again");
    writeVectors(join(cwd, "a folder"), 60);
    const args = ["a folder/vectors-60.npy", "--labels", "a folder/vectors-60.json"];
    const odd = ["--match", "^t[0-9]$|'5", "--perplexity", "2.5", "--transform", "unit"];
    await program.run([...args, ...odd, "--transform", "center", "--out", "first", "--png"], {
      cwd,
    });
    const { command } = resultIn(join(cwd, "first"));
    expect(command).toBe(
      "tokenscape 'a folder/vectors-60.npy' --match '^t[0-9]$|'\\''5' --transform unit --transform center " +
        "--perplexity 2.5 --labels 'a folder/vectors-60.json'",
    );
    const again = `tokenscape() { "${process.execPath}" "${program.main}" "$@"; }; ${command} --out second`;
    await promisify(execFile)("sh", ["-c", again], { cwd, env: bareEnvironment(cwd) });
    const first = timeless(join(cwd, "first"));
    for (const name of ["embeddings.png", "map.png", "clusters.png"]) {
      expect(first.get(name)?.slice(0, 8)).toBe("\x89PNG\r\n\x1a\n");
      first.delete(name);
    }
    expect(timeless(join(cwd, "second"))).toEqual(first);
    expect(first.get("clusters.svg")).toContain("Tokenscape");
  });

  it("takes coordinates in place of t-SNE, and finds the same groups on them", async () => {
    const cwd = workFolder("coordinates");
    await program.run(["--out", "tsne"], { cwd });
    const args = ["--coordinates", "tsne/coordinates.npy", "--out", "given"];
    const { stdout } = await program.run(args, { cwd });
    const [tsne, given] = [resultIn(join(cwd, "tsne")), resultIn(join(cwd, "given"))];
    expect(given.tokens).toEqual(tsne.tokens);
    expect([given.tsne, given.coordinates]).toEqual([null, "tsne/coordinates.npy"]);
    expect(stdout).toContain("\nCoordinates: tsne/coordinates.npy\n");
    const npy = readFileSync(join(cwd, "given/coordinates.npy"));
    expect((await readNpy(npy, "coordinates.npy")).shape).toEqual([100, 2]);
  });

  it("takes the rows whose tokens a file lists", async () => {
    const cwd = workFolder("list");
    writeFileSync(join(cwd, "list"), "·the\r\nz\n!\n·and\n·of\n");
    const args = ["--tokens", "list", "--perplexity", "2", "--json"];
    const { stdout } = await program.run(args, { cwd });
    const { tokens } = JSON.parse(stdout) as ResultJson;
    expect(tokens.map(({ text }) => text)).toEqual([" the", "z", "!", " and", " of"]);
  });

  it("lists the largest groups of many tokens in part, and says where all are", async () => {
    const cwd = workFolder("many");
    const map = ["--coordinates", "map.npy", "--eps", "2"];
    writeFileSync(join(cwd, "map.npy"), gridOfGroups(1200));
    const { code, stdout } = await program.run(["--rows", "0:1200", ...map], { cwd });
    expect(code).toBe(0);
    const headings = [...stdout.matchAll(/^(?:Ungrouped|Tokens in group).*$/gm)];
    expect(headings).toHaveLength(1 + 12);
    expect(stdout.match(/^ {2}and 60 more$/gm)).toHaveLength(1);
    expect(stdout).toContain("\nAnd 44 more groups with 880 tokens.\n");
    expect(stdout).toMatch(/every token\s+with\s+its\s+group\s+is\s+in\s+tokens\.csv/);
    const csv = readFileSync(join(cwd, "tokenscape-out/sample/tokens.csv"), "utf8");
    expect(csv.split("\r\n")).toHaveLength(1200 + 2);
  });

  it("says what eps means where it finds fewer than two groups, and changes nothing", async () => {
    const out = join(program.folder, "advice");
    const { code, stdout } = await program.run(["--eps", "0.001", "--out", out]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\n +/g, " ")).toMatch(
      /\nNote: no cluster found: eps = 0\.001 is in units of the map.*would give \d+ groups/,
    );
    expect(resultIn(out).dbscan).toMatchObject({ eps: 0.001, clusters: 0, noise: 100 });
  });
});

describe("output", () => {
  it("with --json is the result alone on standard output, all else on standard error", async () => {
    const out = join(program.folder, "json");
    const { stdout, stderr } = await program.run(["--json", "--out", out]);
    expect(stdout).toBe(readFileSync(join(out, "result.json"), "utf8"));
    expect(JSON.parse(stdout).tokens).toHaveLength(100);
    expect(stderr).toContain("Ungrouped tokens");
    expect(stderr).toContain("Files written:");
  });

  it("with --quiet is nothing, and with --json too the result", async () => {
    const out = join(program.folder, "quiet");
    expect(await program.run(["--quiet", "--out", out])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    const { stdout, stderr } = await program.run(["--quiet", "--json", "--out", out]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ tokenscape: expect.any(String) });
  });

  it("has no colours in a pipe, not even in CI, but where they are asked for", async () => {
    const out = join(program.folder, "colours");
    const run = (env: Record<string, string>) => program.run(["--out", out], { env });
    expect((await run({ CI: "true", TERM: "xterm-256color" })).stdout).not.toContain("\u001b");
    expect((await run({ FORCE_COLOR: "1" })).stdout).toContain("\u001b[1m");
    expect((await run({ FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b");
  });

  it("ends quietly where its reader stops early, and the files are all there", async () => {
    const cwd = workFolder("closed pipe");
    const line = `set -o pipefail; "${process.execPath}" "${program.main}" | head -n 1`;
    const ended = await promisify(execFile)("bash", ["--norc", "-c", line], {
      cwd,
      env: bareEnvironment(cwd),
    });
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toMatch(/^sample: .*\n$/);
    expect([...filesUnder(cwd).keys()]).toHaveLength(FILES.length);
  });

  it("names the rows by a tokenizer that lies elsewhere, and its command says so", async () => {
    const cwd = workFolder("elsewhere");
    writeVectors(cwd, 60);
    mkdirSync(join(cwd, "my tokens"));
    const vocab = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`Ġw${i}`, i]));
    const model = { type: "BPE", vocab, merges: [] };
    const tokenizer = { model, decoder: { type: "ByteLevel" } };
    writeFileSync(join(cwd, "my tokens/tokenizer.json"), JSON.stringify(tokenizer));
    const args = ["vectors-60.npy", "--tokenizer", "my tokens"];
    const made = await program.run([...args, "--all", "--iterations", "60", "--out", "out"], {
      cwd,
    });
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const { command, tokens } = resultIn(join(cwd, "out"));
    expect(command).toBe("tokenscape vectors-60.npy --all --iterations 60 --tokenizer 'my tokens'");
    expect(tokens[7]).toMatchObject({ text: " w7", display: "·w7" });
    expect(made.stdout).toContain(`tokens from ${join("my tokens", "tokenizer.json")}`);
    const near = await program.run(["near", args[0]!, " w7", ...args.slice(1)], { cwd });
    expect(near).toMatchObject({ code: 0, stderr: "" });
    const info = await program.run(["info", ...args], { cwd });
    expect(info.stdout).toContain("60 rows from my tokens/tokenizer.json: 60 normal");
    const labels = ["info", args[0]!, "--labels", "my tokens/tokenizer.json"];
    expect((await program.run(labels, { cwd })).stderr).toContain("--tokenizer");
  });

  it("only shows what is hostile: labels, names of files and folders", async () => {
    const labels = [...new Set(hostileTexts().filter((text) => typeof text === "string"))];
    const name = "evil\u001b[31m\u202e<x>";
    const path = writeVectors(join(program.folder, name), labels.length, labels);
    const args = [path, "--labels", path.replace(".npy", ".json"), "--all", "--eps", "3"];
    const cwd = workFolder("hostile");
    const printed = await program.run([...args, "--out", name], { cwd });
    expect(printed).toMatchObject({ code: 0, stderr: "" });
    expect(printed.stdout).not.toMatch(ACTING);
    expect(printed.stdout).toContain("\\x1B[31m");
    const { stdout, stderr } = await program.run([...args, "--json"], { cwd });
    expect(stdout + stderr).not.toMatch(ACTING);
    expect((JSON.parse(stdout) as ResultJson).tokens.map(({ text }) => text)).toEqual(labels);
    const near = await program.run(["near", path, "a,b", "--labels", args[2]!, "--top", "20"], {
      cwd,
    });
    expect(near.code).toBe(0);
    expect(near.stdout).not.toMatch(ACTING);
    const info = await program.run(["info", path, "--labels", args[2]!], { cwd });
    expect(info.code).toBe(0);
    expect(info.stdout).not.toMatch(ACTING);
  });
});
