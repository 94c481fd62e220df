import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { fileSource } from "../../../src/model/node/file-source.ts";
import { folderFiles, kindOf } from "../../../src/model/node/folder.ts";

let folder: string;
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-file-"));
  await writeFile(join(folder, "x"), bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a file", () => {
  test("is read in pieces", async () => {
    const source = await fileSource(join(folder, "x"));
    expect(source.byteLength).toBe(1000);
    expect(await source.slice(0, 1000)).toEqual(bytes);
    expect(await source.slice(990, 1000)).toEqual(bytes.slice(990));
    expect(await source.slice(5, 5)).toEqual(new Uint8Array());
    const many = await Promise.all(Array.from({ length: 50 }, (_, i) => source.slice(i, i + 7)));
    many.forEach((piece, i) => {
      expect(piece).toEqual(bytes.slice(i, i + 7));
    });
  });

  test("that is written anew between two slices is refused", async () => {
    const path = join(folder, "checkpoint");
    await writeFile(path, bytes);
    const source = await fileSource(path);
    await source.slice(0, 10);
    await rm(path);
    await writeFile(path, bytes.toReversed());
    await expect(source.slice(10, 20)).rejects.toThrow(
      `${path}: the file has changed while it was read`,
    );
  });

  test("shorter than what is asked of it is an error that names it", async () => {
    const path = join(folder, "x");
    const source = await fileSource(path);
    await expect(source.slice(995, 1001)).rejects.toThrow(
      new FormatError(`${path}: the file ends at byte 1000, but bytes 995 to 1001 are needed`, {
        file: path,
        offset: 1000,
      }),
    );
    await expect(source.slice(4, 2)).rejects.toThrow(RangeError);
  });

  test("that shrinks while it is read is an error", async () => {
    const path = join(folder, "shrinking");
    await writeFile(path, bytes);
    const source = await fileSource(path);
    await truncate(path, 100);
    await expect(source.slice(50, 200)).rejects.toThrow(`${path}: the file ended at byte 100`);
    await rm(path);
    await expect(source.slice(0, 1)).rejects.toThrow(
      `${path}: can't be read: there is no such file`,
    );
  });

  test("that can't be read is an error of one line", async () => {
    await expect(fileSource(join(folder, "no"))).rejects.toThrow("there is no such file");
    await expect(fileSource(join(folder, "x/y"))).rejects.toThrow("not a folder");
    await mkdir(join(folder, "inner"), { recursive: true });
    const source = await fileSource(join(folder, "inner"));
    await expect(source.slice(0, 1)).rejects.toThrow("it is a folder");
  });

  test("is not read once cancelled", async () => {
    const source = await fileSource(join(folder, "x"));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(source.slice(0, 1, { signal })).rejects.toThrow("enough");
  });
});

describe("a folder", () => {
  test("gives its files, and undefined for others", async () => {
    const files = folderFiles(folder);
    expect(files.name).toMatch(/^tokenscape-file-/);
    expect(await files.read("x")).toEqual(bytes);
    expect((await files.open("x"))?.byteLength).toBe(1000);
    expect(await files.read("no")).toBeUndefined();
    expect(await files.open("no/deeper")).toBeUndefined();
  });

  test("what lies at a path", async () => {
    await symlink("circle", join(folder, "circle"));
    expect(await kindOf(folder)).toBe("folder");
    expect(await kindOf(join(folder, "x"))).toBe("file");
    expect(await kindOf("/dev/null")).toBe("other");
    expect(await kindOf(join(folder, "no"))).toBeNull();
    expect(await kindOf(join(folder, "a".repeat(300)))).toBeNull();
    expect(await kindOf("a\0b")).toBeNull();
    await expect(kindOf(join(folder, "circle"))).rejects.toThrow("symbolic links form a circle");
  });
});
