import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clumps } from "../clumps.ts";
import { fakeGpt2, GPT2_COMMIT, largeFile } from "../model/hub/fake-files.ts";
import { type FakeHub, type FakeModel, startFakeHub } from "../model/hub/fake-hub.ts";
import * as w from "../model/weights/write-gguf.ts";
import { type Ended, filesUnder, useProgram } from "./program.ts";

const program = useProgram();
const SECRET = "hf_secretsecretsecret";
let hub: FakeHub;

beforeAll(async () => {
  hub = await startFakeHub({
    models: [
      fakeGpt2(),
      fakeGpt2({ id: "meta/gated", aliases: [], access: "gated", granted: [SECRET] }),
      quantized(),
    ],
  });
});
afterAll(() => hub.close());

/** A model of two GGUF files, one of them in a folder. */
function quantized(): FakeModel {
  const rows = clumps(40, 8, 1);
  const tokens = Array.from({ length: 40 }, (_, i) => `Ġtoken${i}`);
  const file = largeFile(
    w.writeGguf({
      metadata: w.vocabulary("gpt2", tokens),
      tensors: [["token_embd.weight", w.floats(rows.shape, rows.data)]],
    }),
  );
  const files = new Map([
    ["x.Q8_0.gguf", file],
    ["it's/x.gguf", file],
    ["y.gguf", file],
  ]);
  const revisions = new Map([["main", GPT2_COMMIT]]);
  return { id: "org/quants", revisions, commits: new Map([[GPT2_COMMIT, files]]) };
}

function run(
  name: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const cwd = join(program.folder, name);
  mkdirSync(cwd, { recursive: true });
  return program.run(args, {
    cwd,
    env: { HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: "0", HOME: cwd, ...env },
  });
}

describe("a model of the hub", () => {
  it("is read by the rows, shown with its commit, and then there without network", async () => {
    const { code, stdout, stderr } = await run("gpt2", ["gpt2", "--out", "first"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(hub.bytes.get("model.safetensors")).toBeLessThanOrEqual(307_200 + 32_768);
    expect(stdout).toContain(`@ ${GPT2_COMMIT.slice(0, 7)}: rows 0:100, 100 of 50,257 tokens`);
    const asked = hub.requests.length;
    const offline = await run("gpt2", ["gpt2", "--offline", "--out", "second"]);
    expect(offline.code).toBe(0);
    expect(hub.requests.length).toBe(asked);
    const files = filesUnder(join(program.folder, "gpt2/first"));
    expect(files.get("result.json")).toMatch(
      new RegExp(`"command": "tokenscape \\S*gpt2@${GPT2_COMMIT}"`),
    );
    const second = filesUnder(join(program.folder, "gpt2/second"));
    for (const [name, bytes] of files)
      if (name !== "result.json") expect(second.get(name)).toBe(bytes);
  });

  it("with several files is read from the one that is named, and every output says which", async () => {
    const args = ["org/quants", "--weights", "it's/x.gguf"];
    const made = ["--rows", "0:20", "--iterations", "60", "--out", "out"];
    const { code, stdout, stderr } = await run("quants", [...args, ...made]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`org/quants @ ${GPT2_COMMIT.slice(0, 7)}, it's/x.gguf: rows 0:20`);
    const files = filesUnder(join(program.folder, "quants/out"));
    const { command, model } = JSON.parse(files.get("result.json")!);
    const again = `--weights 'it'\\''s/x.gguf'`;
    expect(command).toBe(
      `tokenscape org/quants@${GPT2_COMMIT} --rows 0:20 --iterations 60 ${again}`,
    );
    expect(model).toMatchObject({ name: "org/quants", weights: "it's/x.gguf" });
    for (const name of ["clusters.svg", "map.svg", "embeddings.svg", "report.html"]) {
      expect(files.get(name)).toMatch(
        /org\/quants @ 607a30d, file it(?:'|&#39;|&apos;)s\/x.gguf, tensor/,
      );
    }
    const near = await run("quants", ["near", ...args, " token7"]);
    expect(near.stdout).toContain("in org/quants @ 607a30d, it's/x.gguf (");
    const info = await run("quants", ["info", ...args, "--offline"]);
    expect(info.stdout).toMatch(/^org\/quants @ 607a30d, it's\/x.gguf\n/);
    expect(info.stdout).toContain("40 rows from org/quants/it's/x.gguf: 40 normal");
  });

  it.each<[what: string, args: string[], env: Record<string, string>, line: RegExp]>([
    ["that does not exist", ["org/nothing"], {}, /org\/nothing/],
    ["without such a revision", ["gpt2@v9"], {}, /gpt2 has no branch, tag or commit "v9"/],
    ["that is gated", ["meta/gated"], {}, /meta\/gated.*HF_TOKEN/],
    [
      "behind a token that the hub does not know",
      ["meta/gated"],
      { HF_TOKEN: "hf_wrongwrong" },
      /HF_TOKEN/,
    ],
    [
      "of a hub that is not there",
      ["gpt2"],
      { HF_ENDPOINT: "http://127.0.0.1:1" },
      /127\.0\.0\.1:1/,
    ],
    [
      "with several files",
      ["org/quants"],
      {},
      /^tokenscape: org\/quants: there are several files of weights; name one with --weights \(option weights\): "x.Q8_0.gguf", "y.gguf", "it's\/x.gguf"$/m,
    ],
    [
      "without the file that is named",
      ["org/quants", "--weights", "z.gguf"],
      {},
      /there is no file "z.gguf" \(as of \d{4}-\d\d-\d\d\); there are "it's\/x.gguf", "x.Q8_0.gguf", "y.gguf"$/m,
    ],
    [
      "with a path that leads out of it",
      ["gpt2", "--weights", "../x.gguf"],
      {},
      /--weights: expected/,
    ],
    ["that is none, but the sample", ["sample", "--weights", "x.gguf"], {}, /"sample" is neither/],
    ["that was never fetched, offline", ["gpt2", "--offline"], {}, /gpt2/],
  ])("%s: one clear line, status 1", async (what, args, env, line) => {
    const { code, stdout, stderr } = await run(what, args, env);
    expect(stderr).toMatch(/^tokenscape: [^\n]*\n$/);
    expect(stderr).toMatch(line);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).not.toContain("hf_wrong");
    const made = [...filesUnder(join(program.folder, what)).keys()];
    expect(made.filter((path) => path.includes("tokenscape-out"))).toEqual([]);
  });

  it("never shows the token in its outputs", async () => {
    const { code, stdout } = await run("granted", ["meta/gated", "--out", "out"], {
      HF_TOKEN: SECRET,
    });
    expect(code).toBe(0);
    expect(stdout).not.toContain(SECRET);
    for (const [, bytes] of filesUnder(join(program.folder, "granted")))
      expect(bytes).not.toContain(SECRET);
  });
});
