import { afterEach, beforeEach, expect, test } from "vitest";
import { openModel } from "../../../src/model/open-fetched.ts";
import { writeZip } from "../bytes/write-zip.ts";
import { type FakeFile, largeFile, smallFile } from "../hub/fake-files.ts";
import { type FakeHub, startFakeHub } from "../hub/fake-hub.ts";
import { type Written, writePickle } from "./write-pickle.ts";

const [ROWS, COLS] = [20_000, 32];
const FIRST = "pytorch_model-00001-of-00002.bin";
const SECOND = "pytorch_model-00002-of-00002.bin";

/** A checkpoint with many tensors before the embedding, each in a storage of its own, as real ones have. */
function checkpoint(embedding: string): Uint8Array {
  const tensor = (key: string, rows: number): Written => ({
    name: "torch._utils _rebuild_tensor_v2",
    args: [
      { persistent: ["storage", { name: "torch FloatStorage" }, key, "cpu", rows * COLS] },
      0,
      [rows, COLS],
      [COLS, 1],
      false,
      { name: "collections OrderedDict", args: [] },
    ],
  });
  const others = Array.from(
    { length: 100 },
    (_, i) => [`h.${i}.weight`, tensor(`${i}`, 8)] as const,
  );
  const values = Float32Array.from({ length: ROWS * COLS }, (_, i) => i);
  return writeZip([
    {
      name: "m/data.pkl",
      data: writePickle({ dict: [...others, [embedding, tensor("e", ROWS)]] }),
    },
    { name: "m/byteorder", data: "little" },
    ...others.map((_, i) => ({
      name: `m/data/${i}`,
      data: new Uint8Array(8 * COLS * 4),
      padding: 50,
    })),
    { name: "m/data/e", data: new Uint8Array(values.buffer), padding: 50 },
  ]);
}

let hub: FakeHub;

beforeEach(async () => {
  const commit = "1".repeat(40);
  const model = (id: string, files: Record<string, FakeFile>) => ({
    id,
    revisions: new Map([["main", commit]]),
    commits: new Map([[commit, new Map(Object.entries(files))]]),
  });
  const weight_map = { "model.embed_tokens.weight": SECOND, "h.0.weight": FIRST };
  hub = await startFakeHub({
    models: [
      model("org/old", { "pytorch_model.bin": largeFile(checkpoint("wte.weight")) }),
      model("org/sharded", {
        "pytorch_model.bin.index.json": smallFile(JSON.stringify({ weight_map })),
        [FIRST]: smallFile("not asked for"),
        [SECOND]: largeFile(checkpoint("model.embed_tokens.weight")),
      }),
    ],
  });
});

afterEach(() => hub.close());

test("of a checkpoint on the hub only the directory, the pickle and the rows are fetched", async () => {
  const model = await openModel("org/old", { endpoint: hub.url });
  expect(model).toMatchObject({ tensor: "wte.weight", shape: [ROWS, COLS], dtype: "F32" });
  // the beginning with the pickle, the end with the directory, the record before the embedding
  const asked = hub.requests.filter(({ server }) => server === "storage").length;
  expect(asked).toBe(3);
  expect(hub.bytes.get("pytorch_model.bin")).toBeLessThan(100_000);
  const before = hub.bytes.get("pytorch_model.bin")!;
  const X = await model.rows({ rows: "10000:10100" });
  expect(hub.bytes.get("pytorch_model.bin")! - before).toBe(100 * COLS * 4);
  expect(hub.requests.filter(({ server }) => server === "storage")).toHaveLength(asked + 1);
  expect(X.data[33]).toBe(10_001 * COLS + 1);
});

test("of shards only the one that holds the embedding is touched", async () => {
  const model = await openModel("org/sharded", { endpoint: hub.url });
  expect(model.tensor).toBe("model.embed_tokens.weight");
  expect((await model.rows({ rows: [7] })).data[1]).toBe(7 * COLS + 1);
  expect(hub.bytes.get(FIRST)).toBeUndefined();
});
