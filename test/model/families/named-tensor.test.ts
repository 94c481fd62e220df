import { describe, expect, test } from "vitest";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { meantNames, namedTensor } from "../../../src/model/families/named-tensor.ts";
import type { ModelFiles } from "../../../src/model/files.ts";
import type { TensorInfo } from "../../../src/model/model.ts";
import { openFiles } from "../../../src/model/open-files.ts";
import { openGguf } from "../../../src/model/open-gguf.ts";
import { openMatrix } from "../../../src/model/open-matrix.ts";
import { writeZip } from "../bytes/write-zip.ts";
import { floats, writeGguf } from "../weights/write-gguf.ts";
import { npyFile, npyHeader } from "../weights/write-npy.ts";
import { writeSafetensors } from "../weights/write-safetensors.ts";

const tensor = (name: string, ...shape: number[]): TensorInfo => ({ name, dtype: "F32", shape });

describe("a tensor by name", () => {
  const tensors = [tensor("a", 2, 3), tensor("b", 6), tensor("c\u001b", 9, 1)];

  test("is taken as it is, also where others end with it", () => {
    expect(namedTensor(tensors, "a", "m")).toEqual({ tensor: tensors[0], notes: [] });
    const nested = [...tensors, tensor("model.a", 4, 4)];
    expect(namedTensor(nested, "a", "m").tensor.shape).toEqual([2, 3]);
  });

  test("is taken by the end of its name, if only one ends so, and that is said", () => {
    const nested = [
      ...tensors,
      tensor("state_dict.model.wte.weight", 9, 4),
      tensor("my_wte", 9, 4),
    ];
    expect(namedTensor(nested, "wte.weight", "m")).toEqual({
      tensor: nested[3],
      notes: ["state_dict.model.wte.weight is the only tensor whose name ends with wte.weight"],
    });
    expect(() => namedTensor(nested, "te.weight", "m")).toThrow('no tensor is named "te.weight"');
    expect(() => namedTensor([tensor("a.", 2, 3)], "", "m")).toThrow('no tensor is named ""');
  });

  test("several that end so are listed, and none is taken", () => {
    const nested = [...tensors, tensor("model.wte.weight", 9, 4), tensor("ema.wte.weight", 9, 4)];
    expect(() => namedTensor(nested, "wte.weight", "m")).toThrow(
      new RangeError(
        "m: several tensors have names that end with .wte.weight; to choose from: " +
          "model.wte.weight (F32 9 x 4), ema.wte.weight (F32 9 x 4)",
      ),
    );
  });

  test("must be there and be a matrix", () => {
    expect(() => namedTensor(tensors, "x", "m")).toThrow(
      new RangeError(
        'm: no tensor is named "x"; to choose from: c\\x1B (F32 9 x 1), a (F32 2 x 3)',
      ),
    );
    expect(() => namedTensor(tensors, "b", "m")).toThrow('tensor "b" has shape (6), expected rows');
  });

  test("a long list is cut", () => {
    const many = Array.from({ length: 200 }, (_, i) => tensor(`layer.${i}`, 10, 10));
    expect(() => namedTensor(many, "x", "m")).toThrow(/layer\.11 \(F32 10 x 10\) and 188 more$/);
  });
});

describe("a name that is none", () => {
  const model = [
    tensor("model.embed_tokens.weight", 512, 64),
    tensor("lm_head.weight", 512, 64),
    tensor("model.layers.0.mlp.up_proj.weight", 256, 64),
    tensor("model.layers.0.mlp.up_proj.bias", 256),
  ];

  test.each([
    ["model.embed_tokens", "model.embed_tokens.weight"],
    ["embed_tokens", "model.embed_tokens.weight"],
    ["embed_tokens.wieght", "model.embed_tokens.weight"],
    ["model.embed_token.weight", "model.embed_tokens.weight"],
    ["Model.Embed_Tokens.Weight", "model.embed_tokens.weight"],
    ["lmhead.weight", "lm_head.weight"],
    ["model.layers.0.mlp.up.weight", "model.layers.0.mlp.up_proj.weight"],
  ])("%s: did you mean %s?", (asked, near) => {
    expect(() => namedTensor(model, asked, "m")).toThrow(
      `m: no tensor is named "${asked}" (did you mean "${near}"?); to choose from: model.embed`,
    );
  });

  test.each(["wpe.weight", "", "x".repeat(1000)])("%j is like none of these", (asked) => {
    expect(() => namedTensor(model, asked, "m")).toThrow(/"; to choose from: model\.embed_tokens/);
  });

  test("is compared with 100,000 long names at once", () => {
    const names = Array.from({ length: 100_000 }, (_, i) =>
      tensor(`${"n".repeat(200)}.${i}`, 2, 2),
    );
    expect(() => namedTensor(names, "n".repeat(100), "m")).toThrow("and 99988 more");
    expect(() => namedTensor(names, "weight", "m")).toThrow("no tensor is named");
  });
});

test("names of an index are chosen by the same rule", () => {
  const names = ["model.wte.weight", "ema.wte.weight", "lm_head.weight"];
  expect(meantNames(names, "lm_head.weight")).toEqual(["lm_head.weight"]);
  expect(meantNames(names, "wte.weight")).toEqual(["model.wte.weight", "ema.wte.weight"]);
  expect(meantNames(names, "weight")).toEqual(names);
  expect(meantNames(names, "head.weight")).toEqual([]);
});

/** A model in memory. */
function memory(files: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const find = async (path: string) => (Object.hasOwn(files, path) ? files[path] : undefined);
  const open = async (path: string) => {
    const bytes = await find(path);
    return bytes && bufferSource(bytes, path);
  };
  return { name: "m", revision: null, fetched: null, read: find, open };
}

describe("every format takes the end of a name", () => {
  const matrix = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const other = { shape: [3, 2], data: new Float32Array(6) };
  const note = "net.table.weight is the only tensor whose name ends with table.weight";

  test("safetensors, of shards the one that has it alone", async () => {
    const index = { weight_map: { "net.table.weight": "b.safetensors", "net.x": "a.safetensors" } };
    const files = memory({
      "model.safetensors.index.json": new TextEncoder().encode(JSON.stringify(index)),
      "b.safetensors": writeSafetensors({ "net.table.weight": matrix }),
    });
    const model = await openFiles(files, { tensor: "table.weight" });
    expect([model.tensor, model.notes[0]]).toEqual(["net.table.weight", note]);
    expect((await model.rows({ rows: "2:3" })).data).toEqual(Float32Array.of(5, 6));
  });

  test("GGUF", async () => {
    const tensors = [
      ["net.table.weight", floats(matrix.shape, matrix.data)],
      ["net.other.weight", floats(other.shape, other.data)],
    ] as const;
    const model = await openGguf(memory({ "x.gguf": writeGguf({ tensors }) }), "x.gguf", {
      tensor: "table.weight",
    });
    expect(model.tensor).toBe("net.table.weight");
    expect(model.notes).toContain(note);
  });

  test(".npz", async () => {
    const npy = ({ shape, data }: typeof matrix) =>
      npyFile(npyHeader("<f4", shape), new Uint8Array(data.buffer));
    const file = writeZip([
      { name: "net.table.weight.npy", data: npy(matrix) },
      { name: "net.other.npy", data: npy(other) },
    ]);
    const model = await openMatrix(bufferSource(file, "x.npz"), "x.npz", "npz", {
      tensor: "table.weight",
    });
    expect([model.tensor, model.notes]).toEqual(["net.table.weight", [note, "rows show as #id"]]);
  });
});
