import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeGpt2, GPT2_COMMIT } from "../model/fake-files.ts";
import { type FakeHub, startFakeHub } from "../model/fake-hub.ts";
import { type Ended, filesUnder, useProgram } from "./program.ts";

const program = useProgram();
const SECRET = "hf_secretsecretsecret";
let hub: FakeHub;

beforeAll(async () => {
  hub = await startFakeHub({
    models: [
      fakeGpt2(),
      fakeGpt2({ id: "meta/gated", aliases: [], access: "gated", granted: [SECRET] }),
    ],
  });
});
afterAll(() => hub.close());

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
