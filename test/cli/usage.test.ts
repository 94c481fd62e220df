import { describe, expect, it } from "vitest";
import { filesUnder, useProgram } from "./program.ts";

const program = useProgram();

describe("wrong usage is one line that says what was expected, status 2, and no work:", () => {
  it.each<[args: string[], line: string]>([
    [
      ["--perplexty", "5"],
      "unknown option '--perplexty' (Did you mean --perplexity?); see tokenscape --help",
    ],
    [
      ["info", "--jsn"],
      "unknown option '--jsn' (Did you mean --json?); see tokenscape info --help",
    ],
    [["--zzz"], "unknown option '--zzz'; see tokenscape --help"],
    [
      ["near", "sample", "a", "--rows", "0:5"],
      "unknown option '--rows'; see tokenscape near --help",
    ],
    [["--rows"], "option '--rows LIST' argument missing; see tokenscape --help"],
    [
      ["--all", "--rows", "1:3"],
      "option '--rows LIST' cannot be used with option '--all'; see tokenscape --help",
    ],
    [
      ["--match", "a", "--tokens", "f"],
      "option '--match REGEX' cannot be used with option '--tokens FILE'; see tokenscape --help",
    ],
    [
      ["--all", "--match", "a"],
      "option '--all' cannot be used with option '--match REGEX'; see tokenscape --help",
    ],
    [
      ["--offline", "--refresh"],
      "option '--offline' cannot be used with option '--refresh'; see tokenscape --help",
    ],
    [
      ["--coordinates", "y.npy", "--seed", "1"],
      "option '--coordinates NPY' cannot be used with option '--seed NUMBER'; see tokenscape --help",
    ],
    [["--perplexity", "many"], "--perplexity: expected a number above 0, got 'many'"],
    [["--perplexity", "0"], "--perplexity: expected a number above 0, got '0'"],
    [["--perplexity", "1e999"], "--perplexity: expected a number above 0, got '1e999'"],
    [["--eps", "-1"], "--eps: expected a number above 0, got '-1'"],
    [["--eps="], "--eps: expected a number above 0, got ''"],
    [["--seed", "1.5"], "--seed: expected a whole number from 0 to 4294967295, got '1.5'"],
    [
      ["--seed", "4294967296"],
      "--seed: expected a whole number from 0 to 4294967295, got '4294967296'",
    ],
    [["--iterations", "0x10"], "--iterations: expected a whole number of at least 1, got '0x10'"],
    [["--min-samples", "0"], "--min-samples: expected a whole number of at least 1, got '0'"],
    [["--rows", "5:3"], "--rows: expected a range a:b with a below b (it is without b), got '5:3'"],
    [
      ["--rows", "0,5:5"],
      "--rows: expected a range a:b with a below b (it is without b), got '5:5'",
    ],
    [
      ["--rows", "-1"],
      "--rows: expected rows such as 0:100 or 5,9,200:300 (a:b is without b), got '-1'",
    ],
    [
      ["--rows", "--json"],
      "--rows: expected rows such as 0:100 or 5,9,200:300 (a:b is without b), got '--json'",
    ],
    [["--match", "("], "--match: expected a regular expression, got '(' (unterminated group)"],
    [["--match", ""], "--match: expected a regular expression, got ''"],
    [
      ["--labels", "a", "--metadata", "b"],
      "option '--labels FILE' cannot be used with option '--metadata TSV'; see tokenscape --help",
    ],
    [
      ["near", "m", "a", "--metadata", "b", "--labels", "a"],
      "option '--labels FILE' cannot be used with option '--metadata TSV'; see tokenscape near --help",
    ],
    [
      ["--labels", "a", "--tokenizer", "b"],
      "option '--tokenizer PATH' cannot be used with option '--labels FILE'; see tokenscape --help",
    ],
    [
      ["info", "m", "--metadata", "a", "--tokenizer", "b"],
      "option '--tokenizer PATH' cannot be used with option '--metadata TSV'; see tokenscape info --help",
    ],
    [["--tokenizer", ""], "--tokenizer: expected a file or a folder, got ''"],
    [["--init", "PCA"], "--init: expected pca or random, got 'PCA'"],
    [["--metric", "dot"], "--metric: expected euclidean or cosine, got 'dot'"],
    [["--limits", ""], "--limits: expected data or notebook, got ''"],
    [["--transform", "scale"], "--transform: expected center or unit, got 'scale'"],
    [["--out", "--json"], "--out: expected a folder, got '--json'"],
    [[""], "MODEL: expected a model, got ''"],
    [
      ["naer", "sample", "cat"],
      "expected one MODEL, or the command near, info or cache, got 3 arguments: naer sample cat; did you mean near?",
    ],
    [
      ["inf", "st"],
      "expected one MODEL, or the command near, info or cache, got 2 arguments: inf st; did you mean info?",
    ],
    [
      ["gpt2", "sample"],
      "expected one MODEL, or the command near, info or cache, got 2 arguments: gpt2 sample; see tokenscape --help",
    ],
    [["near"], "missing required argument 'MODEL'; see tokenscape near --help"],
    [["near", "sample"], "missing required argument 'TOKEN'; see tokenscape near --help"],
    [["near", "sample", ""], "TOKEN: expected a token, got ''"],
    [
      ["near", "sample", "a", "b"],
      "too many arguments for 'near'. Expected 2 arguments but got 3; see tokenscape near --help",
    ],
    [
      ["info", "sample", "a"],
      "too many arguments for 'info'. Expected 1 argument but got 2; see tokenscape info --help",
    ],
    [
      ["near", "sample", "a", "--top", "0"],
      "--top: expected a whole number of at least 1, got '0'",
    ],
    [
      ["near", "sample", "a", "--metric", "l1"],
      "--metric: expected cosine or euclidean or dot, got 'l1'",
    ],
    [["--json", "near", "sample", "a"], "--json: expected after near: tokenscape near ... --json"],
    [["--offline", "info"], "--offline: expected after info: tokenscape info ... --offline"],
    [["help", "nothing"], "help: expected near, info or cache; see tokenscape --help"],
    [["--init", "\u001b[31m\u202e"], "--init: expected pca or random, got '\\x1B[31m\\u{202E}'"],
  ])("%j", async (args, line) => {
    const { code, stdout, stderr } = await program.run(args);
    expect(stderr).toBe(`tokenscape: ${line}\n`);
    expect([code, stdout]).toEqual([2, ""]);
    expect(filesUnder(program.folder).size).toBe(0);
  });
});
