import { expect, it } from "vitest";
import { meantWord } from "../../src/cli/suggestion.ts";

const words = ["info", "near", "cache", "help", "sample"];

it.each([
  ["infoo", "info"],
  ["inof", "info"],
  ["Near", "near"],
  ["hlep", "help"],
  ["smple", "sample"],
  ["smaple2", "sample"],
])("%s is a slip for %s", (typed, meant) => {
  expect(meantWord(typed, words)).toBe(meant);
});

it.each(["gpt2", "bert", "open", "llama", "phi", "", "openai-community/gpt2"])(
  "%j is a slip for nothing",
  (typed) => {
    expect(meantWord(typed, words)).toBeUndefined();
  },
);
