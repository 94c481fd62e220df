import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, parse } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderFiles, readWhole } from "../../../src/model/node/folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenscape-folder-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === "win32")("what has no end", () => {
  test("is not waited for in a model's folder", async () => {
    execFileSync("mkfifo", [join(folder, "config.json")]);
    await symlink("/dev/zero", join(folder, "tokenizer.json"));
    const files = folderFiles(folder);
    await expect(files.read("config.json")).rejects.toThrow("it is a pipe or a device");
    await expect(files.open("tokenizer.json")).rejects.toThrow("it is a pipe or a device");
  });

  test("is read no further than a file may be long", async () => {
    await expect(readWhole("/dev/zero")).rejects.toThrow(
      "/dev/zero: expected a file of at most 100000000 bytes",
    );
  });
});

test("a folder is called by its own name, a root by its path", () => {
  const root = parse(folder).root;
  expect([folderFiles(root).name, folderFiles(`${folder}/`).name]).toEqual([
    root,
    basename(folder),
  ]);
});
