/**
 * Makes the built-in sample. From the project's root:
 *
 *     npm run build:tools && node build/sample/train.js [--seed N] [--out DIR] [FILE...]
 *
 * Without files it reads the books in `../shared/data/texts` and the project's own source and documents.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cutDocument } from "./corpus.ts";
import { makeSample, type Progress } from "./recipe.ts";
import { SETTINGS } from "./settings.ts";

const BOOKS = "../shared/data/texts";

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string" }, out: { type: "string" } },
  });
  const seed = values.seed === undefined ? SETTINGS.seed : Number(values.seed);
  const out = values.out ?? "sample/model";
  if (positionals.length === 0 && !existsSync(BOOKS)) {
    process.stderr.write(`There are no books in ${BOOKS}: name the text files to train on.\n`);
    process.exitCode = 1;
    return;
  }
  const paths = positionals.length > 0 ? positionals : defaultTexts();
  const documents = paths.map((path) => cutDocument(path, readFileSync(path)));
  const files = await makeSample(documents, { ...SETTINGS, seed }, reporter());
  mkdirSync(out, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
  process.stderr.write(`wrote ${[...files.keys()].join(", ")} to ${out}\n`);
}

/** The books, then the project's own files; in the order of their names, whatever the file system's. */
function defaultTexts(): string[] {
  return [
    ...list(BOOKS, false, /\.txt$/),
    ...list(".", false, /\.md$/),
    ...list("docs", true, /\.md$/),
    ...list("src", true, /\.ts$/),
    ...list("sample", false, /\.ts$/),
    ...list("test", true, /\.ts$/),
  ];
}

function list(folder: string, recursive: boolean, pattern: RegExp): string[] {
  const names = readdirSync(folder, { recursive, encoding: "utf8" });
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Tells on standard error what is being done; within a step once in every tenth. */
function reporter(): Progress {
  let tenths = 0;
  return (step, done) => {
    const now = Math.floor((done ?? 0) * 10);
    if (done !== undefined && now === tenths) return;
    tenths = now;
    process.stderr.write(done === undefined ? `${step}\n` : `${step}: ${now}0 %\n`);
  };
}
