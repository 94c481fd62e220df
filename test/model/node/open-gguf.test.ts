import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FormatError, UnsupportedError } from "../../../src/errors.ts";
import { openModel } from "../../../src/model/node/open.ts";
import * as w from "../weights/write-gguf.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-gguf-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = w.writeGguf({
  metadata: w.vocabulary("gpt2", ["a", "Ġb"]),
  tensors: [["token_embd.weight", w.floats([2, 2], [1, 2, 3, 4])]],
});

/** Writes files into a new folder and gives its path. */
async function write(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [at, bytes] of Object.entries(files)) await writeFile(join(path, at), bytes);
  return path;
}

test("a file by its path, whatever lies beside it", async () => {
  const path = await write("beside", { "X.GGUF": file, "tokenizer.json": new Uint8Array(3) });
  const model = await openModel(join(path, "X.GGUF"));
  expect(model).toMatchObject({ name: "X.GGUF", shape: [2, 2] });
  expect(model.vocabulary.token(1).text).toBe(" b");
  expect([...(await model.rows({ rows: [1] })).data]).toEqual([3, 4]);
});

test("a file without an extension, as Ollama keeps it", async () => {
  const path = await write("blobs", { "sha256-6a07": file, "sha256-ffff": Uint8Array.of(1, 2) });
  expect((await openModel(join(path, "sha256-6a07"))).shape).toEqual([2, 2]);
  await expect(openModel(join(path, "sha256-ffff"))).rejects.toThrow(UnsupportedError);
});

test("a folder of one GGUF file, and of one in parts", async () => {
  const one = await write("one", { "x.gguf": file, "README.md": Uint8Array.of(35) });
  expect(await openModel(one)).toMatchObject({ name: "one", shape: [2, 2] });
  const split = [["split.count", w.u16(2)]] as const;
  const parts = await write("parts", {
    "x-00001-of-00002.gguf": w.writeGguf({ metadata: [...split, ...w.vocabulary("gpt2", ["a"])] }),
    "x-00002-of-00002.gguf": w.writeGguf({
      metadata: split,
      tensors: [["token_embd.weight", w.floats([1, 2], [5, 6])]],
    }),
  });
  expect((await openModel(parts)).vocabulary.token(0).text).toBe("a");
});

test("of several files in a folder one must be named", async () => {
  const path = await write("several", { "x.Q4_0.gguf": file, "x.Q8_0.gguf": file });
  await expect(openModel(path)).rejects.toThrow(
    new RangeError(
      'several: there are several files of weights; name one with --weights (option weights): "x.Q4_0.gguf", "x.Q8_0.gguf"',
    ),
  );
});

test("a file that is no GGUF is refused under its name", async () => {
  const path = await write("wrong", { "x.gguf": new TextEncoder().encode("<html>") });
  await expect(openModel(join(path, "x.gguf"))).rejects.toThrow(FormatError);
  await expect(openModel(join(path, "x.gguf"))).rejects.toThrow("this is an HTML page");
});
