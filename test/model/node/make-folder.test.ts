import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../../../src/model/node/make-folder.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tokenscape-make-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("makeFolder", () => {
  it("makes what is missing, and says which was the topmost", () => {
    mkdirSync(join(root, "a"));
    expect(makeFolder(join(root, "a/b/c/d"))).toBe(join(root, "a/b"));
    expect(statSync(join(root, "a/b/c/d")).isDirectory()).toBe(true);
    expect(makeFolder(join(root, "a/e"))).toBe(join(root, "a/e"));
    expect(makeFolder(join(root, "a/b/c/d"))).toBeUndefined();
    expect(makeFolder(root)).toBeUndefined();
  });

  it("goes through links to folders, and refuses what is no folder", () => {
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"), "junction");
    makeFolder(join(root, "link/x/y"));
    expect(statSync(join(root, "real/x/y")).isDirectory()).toBe(true);
    writeFileSync(join(root, "file"), "");
    expect(() => makeFolder(join(root, "file"))).toThrow("EEXIST");
    expect(() => makeFolder(join(root, "file/x/y"))).toThrow(/ENOTDIR|EEXIST/);
  });

  // Node's own way does not come back from either of these
  it("ends where a link leads nowhere", () => {
    symlinkSync(join(root, "gone"), join(root, "link"), "junction");
    expect(() => makeFolder(join(root, "link/x/y"))).toThrow("EEXIST");
    expect(existsSync(join(root, "gone"))).toBe(false);
  });

  it.runIf(process.platform === "linux")("ends where a parent says that it is not there", () => {
    expect(() => makeFolder("/proc/nope/x/y")).toThrow("ENOENT");
  });
});
