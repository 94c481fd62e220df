/** How many requests and bytes a model of the hub costs. */
import { describe, expect, it } from "vitest";
import type { Progress } from "../../../src/compute/run.ts";
import type { Model } from "../../../src/model/model.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { type FakeFile, gpt2Value, gpt2Weights, smallFile } from "../hub/fake-files.ts";
import type { FakeModel } from "../hub/fake-hub.ts";
import { HubHome } from "./hub-home.ts";

const at = new HubHome();

const COMMIT = "d".repeat(40);

/** Entry (i, j) of the embedding of `rowsFile`, as the upper half of a float32. */
const bf16 = (row: number, column: number): number => 0x3f00 + ((row * 31 + column) & 0x7f);

/** A safetensors file of tensors in bfloat16, whose bytes are computed as they are asked for. */
function rowsFile(
  tensors: Readonly<Record<string, readonly [rows: number, cols: number]>>,
): FakeFile {
  let at = 0;
  const places = Object.entries(tensors).map(([name, shape]) => {
    const start = at;
    at += shape[0] * shape[1] * 2;
    return { name, shape, start, end: at };
  });
  const header = new TextEncoder().encode(
    JSON.stringify(
      Object.fromEntries(
        places.map(({ name, shape, start, end }) => [
          name,
          { dtype: "BF16", shape, data_offsets: [start, end] },
        ]),
      ),
    ),
  );
  const head = new Uint8Array(8 + header.length);
  new DataView(head.buffer).setUint32(0, header.length, true);
  head.set(header, 8);
  const read = (from: number, to: number): Uint8Array => {
    const bytes = new Uint8Array(to - from);
    for (let i = from; i < to; i++) {
      if (i < head.length) bytes[i - from] = head[i]!;
      else {
        const place = places.find(({ end }) => i - head.length < end)!;
        const value = (i - head.length - place.start) >> 1;
        const cols = place.shape[1];
        const bits = bf16(Math.floor(value / cols), value % cols);
        bytes[i - from] = (i - head.length) % 2 === 0 ? bits & 0xff : bits >> 8;
      }
    }
    return bytes;
  };
  return { byteLength: head.length + at, etag: "e".repeat(64), isLarge: true, read };
}

function addModel(id: string, files: Readonly<Record<string, FakeFile>>): void {
  const model: FakeModel = {
    id,
    revisions: new Map([["main", COMMIT]]),
    commits: new Map([[COMMIT, new Map(Object.entries(files))]]),
  };
  at.models.push(model);
}

async function openCounted(id: string): Promise<Model> {
  const model = await openFiles(await at.open(id));
  at.hub.requests.length = 0;
  return model;
}

const storage = () => at.hub.requests.filter(({ server }) => server === "storage");
const hub = () => at.hub.requests.filter(({ server }) => server === "hub");

describe("the cost of", () => {
  it("the first run of gpt2: 11 requests, and of the weights 339,968 bytes", async () => {
    await at.run("gpt2");
    // the commit, by the name that redirects; three small files, each led on by the hub; the header; the rows
    expect(hub().map(({ url }) => url.replace(/^.*\//, ""))).toEqual([
      ...["main", "main", "config.json", "config.json", "model.safetensors"],
      ...["vocab.json", "vocab.json", "merges.txt", "merges.txt"],
    ]);
    expect(storage().map(({ bytes }) => bytes)).toEqual([32_768, 307_200]);
    expect(at.hub.bytes.get("model.safetensors")).toBe(339_968);
  });

  it("further rows: one request of their bytes, to the storage alone", async () => {
    const model = await openCounted("gpt2");
    await model.rows({ rows: "1000:1100" });
    await model.rows({ rows: "2000:2100" });
    expect(at.hub.requests.map(({ server, bytes }) => [server, bytes])).toEqual([
      ["storage", 307_200],
      ["storage", 307_200],
    ]);
  });

  it("rows at most 64 KiB apart: one request", async () => {
    const model = await openCounted("gpt2");
    const rows = Array.from({ length: 100 }, (_, i) => 5000 + 20 * i);
    const X = await model.rows({ rows });
    expect(storage().map(({ bytes }) => bytes)).toEqual([(99 * 20 + 1) * 3072]);
    expect([X.data[0], X.data.at(-1)]).toEqual([gpt2Value(5000, 0), gpt2Value(6980, 767)]);
  });

  it("rows further apart: a request of a row's bytes for each, six at once", async () => {
    const model = await openCounted("gpt2");
    const weights = gpt2Weights();
    let active = 0;
    let most = 0;
    at.hub.intercept = (request, response) => {
      most = Math.max(most, ++active);
      const [start, end] = /(\d+)-(\d+)/.exec(request.headers.range!)!.slice(1).map(Number);
      const range = `bytes ${start}-${end}/${weights.byteLength}`;
      setTimeout(() => {
        active--;
        response.writeHead(206, {
          ...{ "Content-Range": range, "Content-Length": end! + 1 - start! },
          ETag: `"${weights.etag}"`,
        });
        response.end(weights.read(start!, end! + 1));
      }, 10);
      return true;
    };
    const rows = Array.from({ length: 60 }, (_, i) => 5000 + 100 * i);
    const X = await model.rows({ rows });
    expect(storage().map(({ bytes }) => bytes)).toEqual(Array(60).fill(3072));
    expect(hub()).toEqual([]);
    expect(X.data.at(-1)).toBe(gpt2Value(5000 + 5900, 767));
    expect(most).toBe(6);
  });

  it("rows of which some are kept: requests for the others alone", async () => {
    const model = await openCounted("gpt2");
    await model.rows({ rows: "1000:1100" });
    at.hub.requests.length = 0;
    const X = await model.rows({ rows: "900:1200" });
    expect(storage().map(({ bytes }) => bytes)).toEqual([307_200, 307_200]);
    expect([0, 150, 299].map((i) => X.data[i * 768])).toEqual(
      [900, 1050, 1199].map((row) => gpt2Value(row, 0)),
    );
  });
});

describe("a model in shards", () => {
  const INDEX = "model.safetensors.index.json";
  const [one, two] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];

  it("costs nothing of the shard that does not hold the embedding", async () => {
    addModel("org/shards", {
      "config.json": smallFile('{"vocab_size":3000}'),
      [INDEX]: smallFile(
        JSON.stringify({
          weight_map: { "model.layers.0.mlp.weight": two, "model.embed_tokens.weight": one },
        }),
      ),
      [one]: rowsFile({ "model.embed_tokens.weight": [3000, 64] }),
      [two]: rowsFile({ "model.layers.0.mlp.weight": [5000, 64] }),
    });
    const model = await openFiles(await at.open("org/shards"));
    const X = await model.rows({ rows: "2000:2010" });
    expect(X.shape).toEqual([10, 64]);
    expect(at.hub.bytes.get(one)).toBe(32_768 + 10 * 128);
    expect(at.hub.requests.filter(({ url }) => url.includes(two))).toEqual([]);
  });
});

describe("all 262,144 rows of a large model", () => {
  it("come in pieces of 8 MiB, each once, with progress by their bytes", async () => {
    const [rows, cols] = [262_144, 96];
    addModel("org/large", {
      "config.json": smallFile(JSON.stringify({ vocab_size: rows })),
      "model.safetensors": rowsFile({ "model.embed_tokens.weight": [rows, cols] }),
    });
    const model = await openCounted("org/large");
    const reports: Progress[] = [];
    const X = await model.rows({ rows: "all", onProgress: (report) => reports.push(report) });
    expect(X.shape).toEqual([rows, cols]);
    const float = new Float32Array(new Uint32Array([bf16(rows - 1, cols - 1) << 16]).buffer)[0];
    expect(X.data.at(-1)).toBe(float);

    const longest = Math.floor((8 << 20) / (cols * 2)) * cols * 2;
    const lengths = storage().map(({ bytes }) => bytes);
    expect(lengths).toHaveLength(Math.ceil((rows * cols * 2) / longest));
    expect(Math.max(...lengths)).toBe(longest);
    // the first piece came with the header
    const sum = lengths.reduce((total, length) => total + length, 0);
    expect(rows * cols * 2 - sum).toBeGreaterThan(32_000);
    expect(rows * cols * 2 - sum).toBeLessThan(32_768);

    expect(new Set(reports.map(({ step }) => step))).toEqual(new Set(["reading rows"]));
    const done = reports.map((report) => report.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.length).toBeGreaterThan(lengths.length);
    expect(done.at(-1)).toBe(rows);
  });
});
