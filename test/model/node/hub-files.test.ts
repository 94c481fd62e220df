import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hubFiles } from "../../../src/model/node/hub-files.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { fakeGpt2, GPT2_COMMIT, gpt2Value } from "../fake-files.ts";
import { type FakeHub, startFakeHub } from "../fake-hub.ts";

let hub: FakeHub;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tokenscape-hub-"));
  hub = await startFakeHub({ models: [fakeGpt2()] });
});

afterEach(async () => {
  await hub.close();
  await rm(home, { recursive: true, force: true });
});

describe("a model on the hub", () => {
  it("costs 307,200 bytes for 100 rows besides header and vocabulary", async () => {
    const env = { HOME: home, HF_ENDPOINT: hub.url };
    const model = await openFiles(await hubFiles("gpt2", { env }));
    const X = await model.rows({ rows: "0:100" });
    const pieces = hub.requests.filter(({ server }) => server === "storage");
    expect(pieces.map(({ range }) => range)).toEqual(["bytes=0-32767", "bytes=3145896-3453095"]);
    expect(pieces.at(-1)!.bytes).toBe(307_200);
    expect(model.revision).toBe(GPT2_COMMIT);
    expect(X.data[5]).toBe(gpt2Value(0, 5));
  });
});
