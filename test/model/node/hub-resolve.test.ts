import { readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sealedJson } from "../../../src/model/node/sealed-json.ts";
import { hubError } from "../hub/error.ts";
import { COMMIT, HubHome, NEXT, read } from "./hub-home.ts";

const at = new HubHome();

/** Notes with changes that they vouch for themselves. */
function resealed({ sha256, ...notes }: Record<string, unknown>, changes: object): string {
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return sealedJson({ ...notes, ...changes });
}

describe("the revision", () => {
  it("is resolved once, and again only when asked", async () => {
    const files = await at.open("org/small");
    expect(await read(files, "config.json")).toBe('{"scale":1}');
    at.small.revisions.set("main", NEXT);
    expect((await at.open("org/small")).revision).toBe(COMMIT);
    const fresh = await at.open("org/small", { refresh: true });
    expect([fresh.revision, await read(fresh, "config.json")]).toEqual([NEXT, '{"scale":2}']);
    expect((await at.open("org/small")).revision).toBe(NEXT);
    expect((await at.open("org/small@v1")).revision).toBe(COMMIT);
    expect((await at.open("org/small", { revision: COMMIT })).revision).toBe(COMMIT);
  });

  it("is known by its commit too, without another question", async () => {
    const files = await at.open("org/small");
    await read(files, "config.json");
    await (await files.open("model.safetensors"))!.slice(0, 8);
    at.hub.requests.length = 0;
    for (const options of [{}, { offline: true }]) {
      const pinned = await at.open(`org/small@${COMMIT}`, options);
      expect([pinned.revision, pinned.fetched]).toEqual([COMMIT, files.fetched]);
      expect(await read(pinned, "config.json")).toBe('{"scale":1}');
      await (await pinned.open("model.safetensors"))!.slice(0, 8);
    }
    expect(at.hub.requests).toEqual([]);
    expect((await at.open("org/small", { revision: NEXT })).revision).toBe(NEXT);
  });

  it("keeps the day it was resolved", async () => {
    await at.open("org/small");
    const path = at.own("org--small/revisions/main.json");
    const kept = JSON.parse(await readFile(path, "utf8"));
    expect(kept).toMatchObject({ revision: "main", commit: COMMIT });
    await writeFile(path, resealed(kept, { fetched: "2020-02-02" }));
    expect((await at.open("org/small")).fetched).toBe("2020-02-02");
    expect((await at.open("org/small", { refresh: true })).fetched).not.toBe("2020-02-02");
  });

  it("is asked for again if what was kept makes no sense", async () => {
    await at.open("org/small");
    const path = at.own("org--small/revisions/main.json");
    const sound = JSON.parse(await readFile(path, "utf8"));
    const bad = [
      ...[{ commit: "../../x" }, { files: [1] }, { fetched: "today" }, { revision: "v1" }],
      ...[{ repo: "../x" }, { repo: 1 }, { commit: null }, { files: null }],
    ];
    const texts = bad.map((change) => resealed(sound, change));
    const broken = JSON.stringify({ ...sound, commit: NEXT });
    for (const text of ["", "{", "null", broken, ...texts]) {
      await writeFile(path, text);
      at.hub.requests.length = 0;
      expect((await at.open("org/small")).revision).toBe(COMMIT);
      expect(at.hub.requests).toHaveLength(1);
    }
  });

  it("fails on refresh where the hub can't be asked", async () => {
    await at.open("org/small");
    await at.hub.close();
    expect((await hubError(at.open("org/small", { refresh: true }))).message).toContain(
      "cannot be reached",
    );
    expect((await at.open("org/small")).revision).toBe(COMMIT);
    const refresh = at.open("org/small", { refresh: true, offline: true });
    await expect(refresh).rejects.toThrow(RangeError);
  });

  it("of another name leads to the same model, under the name that was asked for", async () => {
    const short = await at.open("gpt2");
    const long = await at.open("openai-community/gpt2");
    expect([short.name, long.name]).toEqual(["gpt2", "openai-community/gpt2"]);
    expect(short.revision).toBe(long.revision);
    await read(short, "config.json");
    await read(long, "config.json");
    expect((await readdir(at.python())).sort()).toEqual([
      "CACHEDIR.TAG",
      "models--gpt2",
      "models--openai-community--gpt2",
    ]);
    // only the question for the revision goes by the name that the hub redirects
    const old = at.hub.requests.filter(({ url }) => /^\/(?:api\/models\/)?gpt2\//.test(url));
    expect(old).toHaveLength(1);
  });
});
