/** The README shows what the program makes, and says what is true. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openModel, runNotebook } from "../src/index.ts";

const root = new URL("../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs/parity.md",
  "docs/method.md",
  "docs/outputs.md",
  "docs/models.md",
  "docs/hub.md",
  "docs/browser.md",
];

test("its figures are what the program makes of the sample today (npm run figures makes them anew)", async () => {
  const model = await openModel("sample");
  const { figures } = await runNotebook({ model, command: "tokenscape sample" });
  for (const [name, svg] of Object.entries(figures)) {
    expect(read(`docs/figures/${name}.svg`) === svg, `docs/figures/${name}.svg`).toBe(true);
  }
});

describe.each(documents)("%s", (document) => {
  const text = read(document);

  test("every link into the project leads somewhere", () => {
    const links = Array.from(
      text.matchAll(/\]\(([^)#\s]+)(#[^)\s]*)?\)|<img[^>]* src="([^"]+)"/g),
      (m) => m[1] ?? m[3]!,
    );
    for (const link of links) {
      if (/^https?:/.test(link)) continue;
      expect(existsSync(new URL(link, new URL(document, root))), link).toBe(true);
    }
  });

  test("every npm script it names exists", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = Array.from(text.matchAll(/npm run ([\w:]+)/g), (m) => m[1]!);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });
});

test("its library code is examples/quickstart.ts, which is compiled and run", () => {
  const blocks = Array.from(read("README.md").matchAll(/```ts\n([\s\S]*?)```/g), (m) => m[1]!);
  expect(blocks).toEqual([read("examples/quickstart.ts")]);
});
