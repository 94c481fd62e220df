/** Files as a page's user chooses them, here with Node's own `Blob` and `File`; in Chromium by test/browser. */
import { openAsBlob } from "node:fs";
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModel } from "../../src/browser.ts";
import {
  blobSource,
  chosenFiles,
  type DirectoryHandle,
  directoryFiles,
  FormatError,
  openFiles,
} from "../../src/index.ts";
import { writeNpy } from "../../src/model/weights/npy.ts";
import { writeSafetensors } from "./weights/write-safetensors.ts";

const abc = new File(["abcdefgh"], "abc.txt");

/** A file as `<input webkitdirectory>` gives it. */
const within = (path: string, ...parts: BlobPart[]): File =>
  Object.assign(new File(parts, path.split("/").at(-1)!), { webkitRelativePath: path });

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tokenscape-blobs-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe("a source over a Blob", () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  test("gives slices, and knows its length", async () => {
    const source = blobSource(abc);
    expect(source.byteLength).toBe(8);
    expect(text(await source.slice(2, 5))).toBe("cde");
    expect(await source.slice(8, 8)).toHaveLength(0);
  });

  test("says under its name what can't be given", async () => {
    const error = "abc.txt: the file ends at byte 8, but bytes 6 to 9 are needed";
    await expect(blobSource(abc).slice(6, 9)).rejects.toThrow(error);
    await expect(blobSource(abc.slice()).slice(6, 9)).rejects.toThrow(/^blob: the file ends/);
    await expect(blobSource(abc, "x.gguf").slice(6, 9)).rejects.toThrow(/^x\.gguf: the file ends/);
    await expect(blobSource(abc).slice(3, 2)).rejects.toThrow(RangeError);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(blobSource(abc).slice(0, 1, { signal })).rejects.toThrow("enough");
  });

  test("of a file that has changed since gives an error, never other bytes", async () => {
    const path = join(home, "changing");
    await writeFile(path, "before");
    const source = blobSource(await openAsBlob(path), "changing");
    expect(text(await source.slice(0, 6))).toBe("before");
    await appendFile(path, " and after");
    const error = await source.slice(0, 6).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).message).toBe(
      "changing: can't be read (NotReadableError): if it has changed or moved since it was chosen, choose it again",
    );
  });
});

describe("chosen files", () => {
  const tensor = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const weights = Uint8Array.from(writeSafetensors({ "wte.weight": tensor }));

  test("of a folder are known by their paths below it", async () => {
    const files = chosenFiles([
      within("my-model/model.safetensors", weights),
      within("my-model/1_Pooling/config.json", "{}"),
    ]);
    expect(files).toMatchObject({ name: "my-model", revision: null, fetched: null });
    expect(await files.read("1_Pooling/config.json")).toHaveLength(2);
    expect(await files.read("config.json")).toBeUndefined();
    expect(await files.open("tokenizer.json")).toBeUndefined();
    const model = await openFiles(files);
    expect(model.name).toBe("my-model");
    expect([...(await model.rows({ rows: "1,0" })).data]).toEqual([3, 4, 1, 2]);
  });

  test("a single one is the model, under its name", async () => {
    const file = new File([weights], "mine.safetensors");
    const model = await openModel(file);
    expect([model.name, model.tensor]).toEqual(["mine.safetensors", "wte.weight"]);
    const broken = new File(["nothing"], "mine.safetensors");
    await expect(openModel(broken)).rejects.toThrow(/^mine\.safetensors: /);
    await expect(openModel(file, { weights: "x" })).rejects.toThrow(
      "weights: mine.safetensors is one file; give several by chosenFiles",
    );
  });

  test.each([
    ["model.safetensors", weights],
    ["vectors.npy", Uint8Array.from(writeNpy({ data: tensor.data, shape: [2, 2] }))],
  ])("a single one from a chosen folder's folder is known by its name: %s", async (name, bytes) => {
    for (const folders of ["my-model", "my-model/sub/deeper"]) {
      const model = await openModel(within(`${folders}/${name}`, bytes));
      expect(model.name).toBe(name);
      expect([...(await model.rows({ rows: "1" })).data]).toEqual([3, 4]);
    }
  });

  test("a matrix takes names for its rows", async () => {
    const npy = Uint8Array.from(writeNpy({ data: tensor.data, shape: [2, 2] }));
    const labels = { names: ["up", "down"], source: "words" };
    const { vocabulary } = await openModel(new File([npy], "vectors.npy"), { labels });
    expect([...vocabulary].map(({ display }) => display)).toEqual(labels.names);
    expect(vocabulary.source).toBe("words");
    const few = openModel(new File([npy], "vectors.npy"), { labels: { ...labels, names: ["up"] } });
    await expect(few).rejects.toThrow(RangeError);
  });

  test("several give the model that is among them", async () => {
    const file = new File([weights], "mine.safetensors");
    const files = chosenFiles([file, new File(['{"vocab_size": 2}'], "config.json")]);
    expect(files.name).toBe("chosen files");
    const model = await openFiles(files);
    expect(model).toMatchObject({ weights: "mine.safetensors", matrices: { vocabSize: 2 } });
    expect(chosenFiles([file], "mine").name).toBe("mine");
  });

  test("none, or two of one path, are refused", () => {
    expect(() => chosenFiles([])).toThrow("chosenFiles: expected at least one file, got none");
    expect(() => chosenFiles([abc, within("a/b/abc.txt"), within("a/abc.txt")])).toThrow(
      'chosenFiles: two files are named "abc.txt"',
    );
  });

  test("none is read whole that is longer than any vocabulary", async () => {
    const path = join(home, "long");
    await writeFile(path, "");
    await truncate(path, 100_000_001);
    const long = Object.assign(await openAsBlob(path), { name: "tokenizer.json" });
    await expect(chosenFiles([long]).read("tokenizer.json")).rejects.toThrow(
      "tokenizer.json: expected a file of at most 100000000 bytes",
    );
  });
});

describe("another source is refused with the way to open it", () => {
  const ways =
    "openModel: expected a hub id, a File or the files of a model (several files by chosenFiles, a folder's handle by directoryFiles)";
  test.each([
    ["a Blob", new Blob(["x"]), 'openModel: the Blob has no name; give new File([blob], "x.safe'],
    ["an array of files", [abc], ways],
    ["a handle", { name: "m", values: () => [] }, ways],
    ["undefined", undefined, ways],
    ["null", null, ways],
    ["a number", 7, ways],
  ])("%s", async (_, source, message) => {
    const error = await openModel(source as File).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message).toContain(message);
  });
});

describe("a folder's handle", () => {
  const refusal = (name: string) => Promise.reject(new DOMException("no", name));
  const folder = (
    name: string,
    content: Record<string, File | DirectoryHandle>,
  ): DirectoryHandle => ({
    name,
    getFileHandle: async (path) => {
      const found = new Map(Object.entries(content)).get(path);
      if (found === undefined) return refusal("NotFoundError");
      return found instanceof File ? { getFile: async () => found } : refusal("TypeMismatchError");
    },
    getDirectoryHandle: async (path) => {
      const found = new Map(Object.entries(content)).get(path);
      if (found === undefined) return refusal("NotFoundError");
      return found instanceof File ? refusal("TypeMismatchError") : found;
    },
    values: async function* () {
      for (const [path, found] of Object.entries(content)) {
        yield { kind: found instanceof File ? "file" : "directory", name: path };
      }
    },
  });

  test("is asked for each file, and those of its folders", async () => {
    const files = directoryFiles(folder("m", { "abc.txt": abc, sub: folder("sub", { x: abc }) }));
    expect(files.name).toBe("m");
    expect(await files.list!()).toEqual(["abc.txt"]);
    expect(await files.read("abc.txt")).toHaveLength(8);
    expect((await files.open("sub/x"))?.byteLength).toBe(8);
    for (const path of ["config.json", "sub", "sub/y", "abc.txt/x", "other/x"]) {
      expect(await files.read(path)).toBeUndefined();
    }
  });

  test("that may not be read any more is an error, not an empty folder", async () => {
    const handle = { ...folder("m", {}), getFileHandle: () => refusal("NotAllowedError") };
    const error =
      "config.json: can't be read (NotAllowedError): the page may not read it, or not any more; choose it again";
    await expect(directoryFiles(handle).read("config.json")).rejects.toThrow(error);
  });

  test.each([
    ["NotAllowedError", "the page may not read it, or not any more; choose it again"],
    ["NotFoundError", "if it has changed or moved since it was chosen, choose it again"],
  ])("that can't be listed is an error of its name: %s", async (name, what) => {
    const values = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => refusal(name) }),
    });
    const files = directoryFiles({ ...folder("m", {}), values });
    for (const listing of [files.list!(), openModel(files)]) {
      const error = await listing.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FormatError);
      expect(error).toMatchObject({ message: `m: can't be read (${name}): ${what}`, file: "m" });
    }
  });
});
