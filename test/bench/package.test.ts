/** The bench's peers: locked, without install scripts, and apart from the package itself. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { equalEntries, sharedEntries } from "../../bench/agreement.ts";
import { TOOLS } from "../../bench/job.ts";
import { missing } from "../../bench/tools.ts";
import { fromRows } from "../../src/matrix.ts";

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const peers: Record<string, string> = read("bench/package.json").dependencies;

test("exact versions, each locked with its integrity, none with an install script", () => {
  const { packages } = read("bench/package-lock.json");
  for (const [name, version] of Object.entries(peers)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packages[`node_modules/${name}`].version).toBe(version);
  }
  for (const [path, entry] of Object.entries<Record<string, unknown>>(packages)) {
    if (path === "") continue;
    expect(entry.integrity, path).toMatch(/^sha(?:1|512)-/);
    expect(entry.hasInstallScript, path).toBeUndefined();
    expect(entry.resolved, path).toBeUndefined();
  }
});

test("every peer is a tool, and none is a dependency of the package", () => {
  const { dependencies, devDependencies, files } = read("package.json");
  for (const name of Object.keys(peers)) {
    expect(TOOLS as readonly string[]).toContain(name);
    expect({ ...dependencies, ...devDependencies }).not.toHaveProperty([name]);
  }
  expect(files.filter((file: string) => file.startsWith("bench"))).toEqual([]);
});

test("what can't be run says what to do about it; ours always can", () => {
  for (const tool of TOOLS)
    expect(missing(tool) ?? "npm ci or TOKENSCAPE_").toMatch(/npm ci|TOKENSCAPE_/);
  expect(missing("tokenscape")).toBeUndefined();
});

test("agreement counts neighbours in any order, and labels in their place", () => {
  const A = fromRows([
    [1, 2],
    [3, 4],
  ]);
  const B = fromRows([
    [2, 1],
    [3, 5],
  ]);
  expect(sharedEntries(A, B)).toBe(0.75);
  expect(equalEntries(A, B)).toBe(0.25);
});
