import type { Model } from "../model/model.ts";
import type { NotebookFlags } from "./flags.ts";

/**
 * The command line that makes a run's outputs again, for captions: the model, pinned to its commit if it
 * is of the hub, and every flag given that decides what is in the outputs, always in the same order. Flags
 * that only say where they go or how they are shown (--out, --png, --json, --quiet, --threads,
 * --offline, --refresh) are left out, so that they don't change the outputs' bytes.
 *
 * @param source The model as the user named it.
 */
export function commandLine(
  source: string,
  flags: NotebookFlags,
  model: Pick<Model, "name" | "revision">,
): string {
  const words = ["tokenscape", pinned(source, model)];
  const option = (name: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    const text = String(value);
    if (text.startsWith("-")) words.push(`${name}=${text}`);
    else words.push(name, text);
  };
  option("--rows", flags.rows);
  if (flags.all) words.push("--all");
  option("--match", flags.match?.source);
  option("--tokens", flags.tokens);
  for (const transform of flags.transform ?? []) option("--transform", transform);
  option("--metric", flags.metric);
  option("--perplexity", flags.perplexity);
  option("--seed", flags.seed);
  option("--iterations", flags.iterations);
  option("--init", flags.init);
  option("--coordinates", flags.coordinates);
  option("--eps", flags.eps);
  option("--min-samples", flags.minSamples);
  option("--weights", flags.weights);
  option("--matrix", flags.matrix);
  option("--tensor", flags.tensor);
  option("--labels", flags.labels);
  option("--metadata", flags.metadata);
  option("--tokenizer", flags.tokenizer);
  option("--limits", flags.limits);
  return words.map(shellQuoted).join(" ");
}

function pinned(source: string, { name, revision }: Pick<Model, "name" | "revision">): string {
  if (revision !== null) return `${name}@${revision}`;
  return source.startsWith("-") ? `./${source}` : source;
}

/** A word that a POSIX shell reads back as it is; with control or invisible characters, one for bash and zsh. */
export function shellQuoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replaceAll(/[\p{C}\p{Zl}\p{Zp}'\\]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    if (character === "'" || character === "\\") return `\\${character}`;
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
  });
  return `$'${escaped}'`;
}
