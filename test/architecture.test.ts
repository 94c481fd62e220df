/** The rules between rooms, which docs and reviews rely on. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { describe, expect, test } from "vitest";

const root = new URL("../src/", import.meta.url).pathname;
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) =>
  f.endsWith(".ts"),
);
const source = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));

interface Import {
  from: string;
  /** A path below src/, or a package. */
  to: string;
  typeOnly: boolean;
}

const imports: Import[] = files.flatMap((from) => {
  const statement = /^(?:import|export)\s+(type\s+)?(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']/gms;
  const dynamic = /\bimport\(\s*["']([^"']+)["']/g;
  const text = source.get(from)!;
  const found = [
    ...Array.from(text.matchAll(statement), (m) => ({ to: m[2]!, typeOnly: m[1] !== undefined })),
    ...Array.from(text.matchAll(dynamic), (m) => ({ to: m[1]!, typeOnly: false })),
  ];
  return found.map(({ to, typeOnly }) => ({
    from,
    to: to.startsWith(".") ? normalize(join(dirname(from), to)) : to,
    typeOnly,
  }));
});

const STATIONS = ["model", "gram", "neighbors", "tsne", "dbscan", "figures", "report"];
const ENTRIES = ["index.ts", "browser.ts", "anywhere.ts"];
const BASE = ["matrix.ts", "math.ts", "random.ts", "errors.ts", "version.ts"];

/** The floor a file stands on: a file may import from lower floors, and from its own room. */
function floor(path: string): number {
  const room = path.split("/")[0]!;
  if (BASE.includes(path) || room === "text") return 0;
  if (room === "compute") return 1;
  if (STATIONS.includes(room)) return 2;
  if (path === "notebook.ts" || room === "notebook") return 3;
  if (ENTRIES.includes(path)) return 4;
  if (room === "cli") return 5;
  throw new Error(`src/${path} stands in no room of the house`);
}

const isOurs = (to: string): boolean => source.has(to);
const isNodeRoom = (file: string): boolean =>
  file.startsWith("model/node/") || file.startsWith("cli/");

test("the scan sees the imports", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(200);
  expect(imports).toContainEqual({ from: "notebook.ts", to: "tsne/tsne.ts", typeOnly: false });
  expect(imports.filter(({ to }) => to.endsWith(".ts") && !isOurs(to))).toEqual([]);
});

test("every file stands in a room", () => {
  for (const file of files) expect(() => floor(file)).not.toThrow();
});

test("imports go down: cli -> entries -> notebook -> stations -> compute -> base", () => {
  const upward = imports.filter(
    ({ from, to, typeOnly }) => isOurs(to) && !typeOnly && floor(to) > floor(from),
  );
  expect(upward).toEqual([]);
});

test("stations don't import stations, but tsne and dbscan the neighbours", () => {
  const sideways = imports.filter(({ from, to, typeOnly }) => {
    if (!isOurs(to) || typeOnly || floor(from) !== 2 || floor(to) !== 2) return false;
    const [a, b] = [from.split("/")[0]!, to.split("/")[0]!];
    return a !== b && !(["tsne", "dbscan"].includes(a) && b === "neighbors");
  });
  expect(sideways).toEqual([]);
});

/** The rooms of model/, from the ground up; its files that stand in none open models and say what one is. */
const MODEL_ROOMS = ["bytes", "values", "families", "hub", "weights", "vocabulary", "node"];

test("the rooms of model/ import from lower ones alone", () => {
  const room = (path: string) => MODEL_ROOMS.indexOf(path.split("/")[1]!);
  const rooms = new Set(
    files.filter((file) => /^model\/.*\//.test(file)).map((file) => file.split("/")[1]!),
  );
  expect([...rooms].sort()).toEqual(MODEL_ROOMS.toSorted());
  const upward = imports.filter(({ from, to, typeOnly }) => {
    if (typeOnly || !from.startsWith("model/") || !to.startsWith("model/")) return false;
    return room(from) >= 0 && room(to) > room(from);
  });
  expect(upward).toEqual([]);
  const hubAndWeights = imports.filter(
    ({ from, to, typeOnly }) =>
      !typeOnly && /^model\/(?:weights|vocabulary)\//.test(from) && to.startsWith("model/hub/"),
  );
  expect(hubAndWeights).toEqual([]);
});

test("no circles", () => {
  const state = new Map<string, "open" | "done">();
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") throw new Error(`circle: ${[...path, file].join(" -> ")}`);
    state.set(file, "open");
    for (const { from, to, typeOnly } of imports) {
      if (from === file && isOurs(to) && !typeOnly) visit(to, [...path, file]);
    }
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
});

describe("what runs in a browser", () => {
  test("only model/node and cli import node:*, or packages that need Node", () => {
    const everywhere = ["d3-scale", "d3-scale-chromatic", "fast-png"];
    const wrong = imports.filter(
      ({ from, to }) => !isNodeRoom(from) && !isOurs(to) && !everywhere.includes(to),
    );
    expect(wrong).toEqual([]);
  });

  test("nothing imports a Node room but Node rooms and the Node entry", () => {
    const wrong = imports.filter(
      ({ from, to }) => isNodeRoom(to) && !isNodeRoom(from) && from !== "index.ts",
    );
    expect(wrong).toEqual([]);
  });
});

test("every import is a plain one, so that the scan sees it", () => {
  for (const [file, text] of source) {
    expect(text, file).not.toMatch(
      /\bimport\(\s*[^"'\s]|\bcreateRequire\b|\bimport\.meta\.resolve\b/,
    );
  }
});

test("what the caller can fix is told from the engine's errors by who made it", () => {
  for (const [file, text] of source) {
    if (file !== "errors.ts") expect(text, file).not.toMatch(/new (?:Range|Type)Error\(/);
  }
});

test("only compute touches WebAssembly, shared memory or a worker", () => {
  for (const [file, text] of source) {
    if (file.startsWith("compute/")) continue;
    expect(text, file).not.toMatch(/\bWebAssembly\b|\bSharedArrayBuffer\b|\bnew Worker\b/);
  }
});

test.each(files)("%s uses nothing of the host that differs between engines or runs", (file) => {
  const text = source.get(file)!.replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  expect(text).not.toMatch(
    /Math\.(?:exp|expm1|log|log2|log10|log1p|pow|hypot|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|random)\b/,
  );
  // a power is as free as Math.pow; only whole powers of two are exact
  expect(text).not.toMatch(/(?<!\b2) \*\* /);
  expect(text).not.toMatch(/\.toLocale\w+\(|\blocaleCompare\(|\bIntl\./);
});

test("nothing writes HTML past the escaping, and no names of convenience", () => {
  for (const [file, text] of source) {
    expect(text, file).not.toMatch(/\.(?:innerHTML|outerHTML|insertAdjacentHTML)\b|\beval\(/);
    expect(file).not.toMatch(/(?:^|\/)(?:utils?|helpers?|misc|common)\.ts$/);
  }
});
