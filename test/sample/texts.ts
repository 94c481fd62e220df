import { BPE, type Merge } from "../../sample/bpe.ts";
import { cutDocument, type Document } from "../../sample/corpus.ts";
import { Random } from "../../src/random.ts";

/** A tiny language with a grammar that a model can learn: one adjective, one noun, one verb, a number. */
export function tinyText(sentences: number, seed: number): string {
  const random = new Random(seed);
  const pick = (words: readonly string[]) => words[random.below(words.length)]!;
  let text = "";
  for (let i = 0; i < sentences; i++) {
    const subject = `The ${pick(["red", "big", "old"])} ${pick(["fox", "owl", "cat"])}`;
    const verb = pick(["saw", "heard", "met"]);
    text += `${subject} ${verb} ${pick(["two", "three", "17"])} ${pick(["mice", "birds"])}.\n`;
  }
  return text;
}

export function tinyDocuments(): Document[] {
  const utf8 = new TextEncoder();
  return [
    cutDocument("fable.txt", utf8.encode(tinyText(600, 1))),
    cutDocument("src/code.ts", utf8.encode("const café = { naïve: [1, 2] };\r\n".repeat(40))),
  ];
}

/** The encoder that a `tokenizer.json` of the recipe describes. */
export function parseBPE(tokenizerJson: string): BPE {
  const { model } = JSON.parse(tokenizerJson) as {
    model: { vocab: Record<string, number>; merges: string[] };
  };
  const ids = new Map(Object.entries(model.vocab));
  const merges = model.merges.map((line): Merge => {
    const [left, right] = line.split(" ") as [string, string];
    return { left: ids.get(left)!, right: ids.get(right)!, result: ids.get(left + right)! };
  });
  return new BPE(merges);
}
