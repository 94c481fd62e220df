import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fakeGpt2, GPT2_COMMIT } from "../model/hub/fake-files.ts";
import { type FakeHub, type FakeModel, startFakeHub } from "../model/hub/fake-hub.ts";
import { type Ended, filesUnder, useProgram } from "./program.ts";

const program = useProgram();
let hub: FakeHub;
let model: FakeModel;
let home: string;
let count = 0;

beforeAll(async () => {
  model = fakeGpt2();
  hub = await startFakeHub({ models: [model] });
});
afterAll(() => hub.close());
beforeEach(() => {
  home = join(program.folder, `home-${count++}`);
  mkdirSync(home);
});

const run = (...args: string[]): Promise<Ended> =>
  program.run(args, { env: { HOME: home, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: "0" } });
const cache = async (...args: string[]) => {
  const { code, stdout, stderr } = await run("cache", ...args);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};
const kept = (path: string) => [...filesUnder(join(home, ".cache", path)).keys()];

/** Reads what the model's files hold, so that both caches hold something of it. */
async function fill(): Promise<void> {
  const { code } = await run("info", "gpt2", "--quiet");
  expect(code).toBe(0);
}

describe("tokenscape cache", () => {
  it("says where both caches are, and that they are empty", async () => {
    const text = await cache();
    expect(text).toContain(`Tokenscape's own cache: empty\n  ${home}/.cache/tokenscape\n`);
    expect(text).toContain(`Python's too: empty\n  ${home}/.cache/huggingface/hub\n`);
  });

  it("lists models with the bytes that their files have", async () => {
    await fill();
    const text = await cache("ls");
    expect(text).toMatch(
      /own cache: 33\.4 kB of 1 model\n.*\n {4}gpt2 {2}33\.4 kB {2}last written \d{4}-/,
    );
    const { own, shared } = JSON.parse(await cache("ls", "--json"));
    const sum = (path: string) =>
      [...filesUnder(join(home, ".cache", path)).values()].reduce((n, { length }) => n + length, 0);
    expect(own.bytes).toBe(sum("tokenscape/hub"));
    expect(own.models).toHaveLength(1);
    expect(own.models[0]).toMatchObject({ name: "gpt2", hub: new URL(hub.url).host });
    expect(shared.models[0]).toMatchObject({ name: "gpt2", hub: null });
    expect(shared.bytes).toBe(sum("huggingface/hub/models--gpt2"));
  });

  it("removes what is its own, and Python's only if asked", async () => {
    await fill();
    const python = kept("huggingface/hub");
    expect(await cache("rm", "gpt2", "--dry-run")).toBe(
      "would remove: gpt2 (Tokenscape's own cache), 33.4 kB\n",
    );
    expect(kept("tokenscape/hub")).not.toEqual([]);
    expect(await cache("rm", "gpt2")).toBe("removed: gpt2 (Tokenscape's own cache), 33.4 kB\n");
    expect(kept("tokenscape/hub")).toEqual([]);
    expect(kept("huggingface/hub")).toEqual(python);
    const { code, stderr } = await run("cache", "rm", "gpt2");
    expect([code, stderr]).toEqual([
      1,
      "tokenscape: gpt2 is not in Tokenscape's own cache, only in that of huggingface_hub: --shared opens that too\n",
    ]);
    await fill();
    const both =
      /^removed: gpt2 \(Tokenscape's own cache\), .* kB\nremoved: gpt2 \(the cache of huggingface_hub\), .* kB\n$/;
    const would = await cache("rm", "--all", "--shared", "--dry-run");
    expect(would.replaceAll("would remove", "removed")).toMatch(both);
    expect(await cache("rm", "gpt2", "--shared")).toBe(would.replaceAll("would remove", "removed"));
    expect(readdirSync(join(home, ".cache/huggingface/hub"))).toEqual(["CACHEDIR.TAG"]);
    expect((await run("cache", "rm", "gpt2")).stderr).toBe(
      "tokenscape: gpt2 is in no cache; tokenscape cache lists what is\n",
    );
    expect(await cache("rm", "--all")).toBe("nothing to remove\n");
    expect(await cache("verify")).toBe(
      "nothing to check in Tokenscape's own cache (--shared opens the cache of huggingface_hub too)\n",
    );
    expect(await cache("verify", "--shared")).toBe("nothing to check in either cache\n");
  });

  it("finds and removes damage, after which the model is whole again", async () => {
    await fill();
    expect(await cache("verify")).toBe("1 model checked: all is sound\n");
    const folder = join(home, ".cache/tokenscape/hub");
    const piece = kept("tokenscape/hub").find((path) => path.includes("/model.safetensors/0-"))!;
    writeFileSync(join(folder, piece), "damaged");
    const blobs = join(home, ".cache/huggingface/hub/models--gpt2/blobs");
    const [blob] = readdirSync(blobs);
    writeFileSync(join(blobs, blob!), "damaged too");
    expect(await cache("verify")).toBe(
      `removed: ${join(folder, piece)} (damaged), 7 bytes\n1 model checked: 1 damaged file\n`,
    );
    expect(await cache("verify", "gpt2", "--shared")).toBe(
      `left to its owner: ${join(blobs, blob!)} (damaged), 11 bytes\n2 models checked: 1 damaged file\n`,
    );
    await fill();
    expect(await cache("verify", "--shared")).toBe("2 models checked: all is sound\n");
  });

  it("passes over what it can't make out, with a line for each", async () => {
    await fill();
    const odd = join(home, ".cache/tokenscape/hub/100%");
    mkdirSync(join(odd, "org--name"), { recursive: true });
    // a link that leads to itself can't be listed, not even by root
    const loop = join(home, ".cache/tokenscape/hub/loop");
    symlinkSync(loop, loop);
    const line = (path: string, why: string) =>
      `tokenscape: warning: ${path} is passed over: ${why}\n`;
    for (const args of [["ls"], ["prune"], ["verify", "--shared"]]) {
      const { code, stdout, stderr } = await run("cache", ...args);
      expect(stderr).toBe(line(odd, "no hub has this name") + line(loop, "links lead in a circle"));
      const said = /gpt2|nothing|2 models checked: all that could be read is sound/;
      expect([code, stdout]).toEqual([0, expect.stringMatching(said)]);
    }
  });

  it("knows blobs by each of the hashes that they are named for", async () => {
    const blobs = join(home, ".cache/huggingface/hub/models--org--m/blobs");
    mkdirSync(blobs, { recursive: true });
    const name = (hash: string, text: string) => createHash(hash).update(text).digest("hex");
    for (const one of [name("sha1", "x"), name("sha1", "blob 1\0x"), name("sha256", "x")]) {
      writeFileSync(join(blobs, one), "x");
    }
    expect(await cache("verify", "--shared")).toBe("1 model checked: all is sound\n");
    for (const one of readdirSync(blobs)) writeFileSync(join(blobs, one), "y");
    expect(await cache("verify", "--shared")).toContain("3 damaged files");
  });

  it("prunes earlier states of a branch, and what killed processes left", async () => {
    await fill();
    expect(await cache("prune")).toBe("nothing to remove\n");
    const next = "c".repeat(40);
    model.commits.set(next, model.commits.get(GPT2_COMMIT)!);
    model.revisions.set("main", next);
    expect((await run("info", "gpt2", "--refresh", "--quiet")).code).toBe(0);
    const left = join(
      home,
      ".cache/huggingface/hub/models--gpt2/refs/x.00000000-1-01234567.incomplete",
    );
    writeFileSync(left, "");
    const [host] = readdirSync(join(home, ".cache/tokenscape/hub"));
    const old = join(home, ".cache/tokenscape/hub", host!, "gpt2", GPT2_COMMIT);
    expect(await cache("prune")).toBe(`removed: ${old} (an earlier state of its branch), 33 kB\n`);
    model.revisions.set("main", GPT2_COMMIT);
    expect(kept("tokenscape/hub").filter((path) => path.includes(GPT2_COMMIT))).toEqual([]);
    expect((await run("info", "gpt2", "--offline", "--quiet")).code).toBe(0);
  });

  it.each<[args: string[], line: string]>([
    [["wipe"], "ACTION: expected ls or rm or prune or verify, got 'wipe'"],
    [["rm"], "cache rm: expected a MODEL, or --all; see tokenscape cache --help"],
    [
      ["rm", "gpt2", "--all"],
      "cache rm: expected models or --all, got both; see tokenscape cache --help",
    ],
    [["ls", "gpt2"], "cache ls: expected no model, got 'gpt2'; see tokenscape cache --help"],
    [
      ["prune", "--shared"],
      "cache prune: --shared is for rm and verify; see tokenscape cache --help",
    ],
    [["verify", "--all"], "cache verify: --all is for rm; see tokenscape cache --help"],
    [
      ["--dry-run"],
      "cache ls: nothing is removed, so --dry-run is not for it; see tokenscape cache --help",
    ],
  ])("%j is wrong usage", async (args, line) => {
    const { code, stdout, stderr } = await run("cache", ...args);
    expect([code, stdout, stderr]).toEqual([2, "", `tokenscape: ${line}\n`]);
  });
});
