import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "tokenscape-example-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("examples/notebook.ts does the notebook, on the sample", async () => {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line));
  const argv = process.argv;
  process.argv = [...argv.slice(0, 2), "sample", folder];
  await import("../examples/notebook.ts");
  process.argv = argv;
  vi.restoreAllMocks();

  expect(readdirSync(folder).sort()).toEqual(["clusters.svg", "embeddings.svg", "map.svg"]);
  const clusters = readFileSync(join(folder, "clusters.svg"), "utf8");
  const k = Number(/Result of dbscan clustering \(k=(\d+)\)/.exec(clusters)![1]);
  expect(k).toBeGreaterThan(1);

  const labels = printed[1]!.split(" ").map(Number);
  expect(labels).toHaveLength(100);
  expect(printed[2]).toMatch(/^Ungrouped tokens: /);
  expect(printed.slice(3).map((line) => line.split(":")[0])).toEqual(
    Array.from({ length: k }, (_, label) => `Tokens in group ${label}`),
  );
  const listed = printed
    .slice(2)
    .flatMap((line) => line.split(": ").slice(1).join(": ").split(" "));
  expect(listed.filter((display) => display !== "")).toHaveLength(100);
});

test("examples/quickstart.ts prints the groups", async () => {
  const printed: unknown[][] = [];
  vi.spyOn(console, "log").mockImplementation((...line) => void printed.push(line));
  await import("../examples/quickstart.ts");
  vi.restoreAllMocks();

  const [first, ...groups] = printed;
  expect(first![0]).toMatch(/^\d+ groups; \|x_0\|\^2 = \d/);
  expect(groups.map(([label]) => label)).toEqual(groups.map((_, at) => at - 1));
  const listed = groups.flatMap(([, members]) => String(members).split(" ")).filter(Boolean);
  expect(listed).toHaveLength(100);
});
