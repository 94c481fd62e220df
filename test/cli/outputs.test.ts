import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CommandError } from "../../src/cli/errors.ts";
import { checkFolder, folderName, type OutputName, writeFolder } from "../../src/cli/outputs.ts";
import { bareEnvironment, filesUnder, useProgram } from "./program.ts";

let base = "";
let count = 0;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "tokenscape-outputs-"));
});
afterAll(() => rmSync(base, { recursive: true }));

/** The path of a folder that does not exist yet. */
function fresh(): string {
  return join(base, `folder-${count++}`);
}

const ours = new Map<OutputName, string>([
  ["map.svg", "<svg/>"],
  ["result.json", '{\n  "tokenscape": "0.1.0"\n}\n'],
]);

describe("folderName", () => {
  it.each([
    ["sample", "sample"],
    ["openai-community/gpt2", "openai-community--gpt2"],
    ["word2vec-1000x300.npy", "word2vec-1000x300.npy"],
    ["../../etc/passwd", "etc--passwd"],
    ["..", "model-"],
    [".hidden", "hidden"],
    ["con", "model-con"],
    ["NUL.npy", "model-NUL.npy"],
    ['a b\u001b\n:*?"<>|\\', "a-b"],
    ["", "model-"],
  ])("of %j is %j", (model, folder) => {
    expect(folderName(model)).toBe(folder);
  });

  it("is one harmless name for every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (model) => {
        expect(folderName(model)).toMatch(/^[A-Za-z0-9_][\w.-]{0,105}$/);
      }),
    );
  });
});

describe("checkFolder", () => {
  it("leaves nothing behind, and makes no folder", () => {
    const folder = fresh();
    checkFolder(join(folder, "a/b"));
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder);
    checkFolder(folder);
    checkFolder(join(folder, "a/b"));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses files, and what lies below them", () => {
    const folder = fresh();
    writeFileSync(folder, "");
    expect(() => checkFolder(folder)).toThrow(CommandError);
    expect(() => checkFolder(join(folder, "below"))).toThrow(/ is not a folder$/);
  });

  it("refuses places that can't be written to", () => {
    expect(() => checkFolder("/proc/tokenscape")).toThrow(
      "--out /proc/tokenscape: can't write there",
    );
    const folder = fresh();
    symlinkSync("nowhere", folder);
    expect(() => checkFolder(folder)).toThrow(CommandError);
  });

  it("refuses files of our names that are not ours, and takes those that are", () => {
    const folder = fresh();
    mkdirSync(folder);
    writeFileSync(join(folder, "report.html"), "my own report");
    expect(() => checkFolder(folder)).toThrow("report.html in it is not from Tokenscape");
    writeFileSync(join(folder, "result.json"), '{"score": 1}');
    expect(() => checkFolder(folder)).toThrow("is not from Tokenscape");
    writeFileSync(join(folder, "result.json"), ours.get("result.json")!);
    checkFolder(folder);
    mkdirSync(join(folder, "map.svg"));
    expect(() => checkFolder(folder)).toThrow("map.svg in it is a folder");
  });
});

describe("writeFolder", () => {
  it("replaces what an earlier run wrote, removes what is out of date, and leaves the rest alone", () => {
    const folder = join(fresh(), "deep");
    expect(writeFolder(folder, ours)).toEqual(["map.svg", "result.json"]);
    writeFileSync(join(folder, "map.png"), "of an earlier run");
    writeFileSync(join(folder, "notes.txt"), "mine");
    writeFolder(folder, new Map(ours).set("map.svg", "<svg>2</svg>"));
    expect(filesUnder(folder)).toEqual(
      new Map([
        ["map.svg", "<svg>2</svg>"],
        ["notes.txt", "mine"],
        ["result.json", ours.get("result.json")!],
      ]),
    );
  });

  it("leaves all as it was if one file can't be written", () => {
    const broken = new Map(ours).set("tokens.csv", Symbol("unwritable") as unknown as string);
    const folder = join(fresh(), "deep/er");
    expect(() => writeFolder(folder, broken)).toThrow(TypeError);
    expect(existsSync(join(folder, "../.."))).toBe(false);
    writeFolder(folder, ours);
    const before = filesUnder(folder);
    expect(() => writeFolder(folder, broken)).toThrow(TypeError);
    expect(filesUnder(folder)).toEqual(before);
  });
});

describe("tokenscape on a full disk", () => {
  const program = useProgram();

  it("ends with one line, status 1, and the folder as it was", async () => {
    const run = async (limit: string, seed: number) => {
      // a limit on the size of files stands in for the disk: map.svg has 60 kB, tokens.csv 4 kB
      const line = `ulimit -f ${limit}; exec "${process.execPath}" "${program.main}" --seed ${seed} --out out`;
      const options = { cwd: program.folder, env: bareEnvironment(program.folder) };
      return promisify(execFile)("bash", ["--norc", "-c", line], options).catch((error) => error);
    };
    expect(await run("8", 0)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "tokenscape: --out out: can't write there: a file would be larger than is allowed\n",
    });
    expect(readdirSync(program.folder)).toEqual([]);
    await run("unlimited", 0);
    const before = filesUnder(program.folder);
    expect(before.size).toBe(7);
    await run("8", 1);
    expect(filesUnder(program.folder)).toEqual(before);
  });
});
