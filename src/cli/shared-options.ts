/** Options that every command has. */
import { Option } from "@commander-js/extra-typings";
import { oneOf, type Parser, text } from "./option-values.ts";

/** An option with a value. */
export type Valued<F extends string, T> = Option<F, undefined, undefined, T>;

/** An option whose value is read by a parser made for its name. */
export function valued<F extends string, T>(
  flags: F,
  description: string,
  parser: (flag: string) => Parser<T>,
): Valued<F, T> {
  const [flag = ""] = flags.split(" ");
  return new Option(flags, description).argParser(parser(flag));
}

// Output
export const json: Option<"--json"> = new Option(
  "--json",
  "the result as JSON on standard output, all else on standard error",
).helpGroup("Output:");
export const quiet: Option<"--quiet"> = new Option(
  "--quiet",
  "print nothing but errors, and the JSON if asked for",
).helpGroup("Output:");

// Model
export const matrix: Valued<"--matrix <which>", "input" | "output"> = valued(
  "--matrix <which>",
  "rows of the input (token embedding) or output (unembedding) matrix (default: input)",
  oneOf("input", "output"),
)
  .helpGroup("Model:")
  .conflicts("tensor");
export const tensor: Valued<"--tensor <name>", string> = valued(
  "--tensor <name>",
  "another tensor to read rows of, by its name or the end of it that no other has",
  text("a tensor's name"),
).helpGroup("Model:");
export const weights: Valued<"--weights <file>", string> = valued(
  "--weights <file>",
  "which file of a folder or hub model to read",
  text("a file"),
).helpGroup("Model:");
export const labels: Valued<"--labels <file>", string> = valued(
  "--labels <file>",
  "names of the rows: one per line, or a JSON array",
  text("a file"),
)
  .helpGroup("Model:")
  .conflicts("metadata");
export const metadata: Valued<"--metadata <tsv>", string> = valued(
  "--metadata <tsv>",
  "names of the rows, as the Embedding Projector has them",
  text("a file"),
).helpGroup("Model:");
export const tokenizer: Valued<"--tokenizer <path>", string> = valued(
  "--tokenizer <path>",
  "the folder or file of a tokenizer, whose tokens name the rows",
  text("a file or a folder"),
)
  .helpGroup("Model:")
  .conflicts(["labels", "metadata"]);
export const refresh: Option<"--refresh"> = new Option(
  "--refresh",
  "ask the hub anew where a branch stands",
).helpGroup("Model:");
export const offline: Option<"--offline"> = new Option(
  "--offline",
  "never ask the network, use what was fetched",
)
  .helpGroup("Model:")
  .conflicts("refresh");
