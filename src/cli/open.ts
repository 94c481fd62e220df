import { HubError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { type OpenModelOptions, openModel } from "../model/node/open.ts";
import type { Token } from "../model/vocabulary/vocabulary.ts";
import type { TokenJson } from "../report/result.ts";
import { terminalSafe } from "../report/terminal.ts";
import { hexBytes } from "../text/numbers.ts";
import type { CommandRun } from "./command-run.ts";
import { CommandError } from "./errors.ts";
import { finiteRows } from "./finite-rows.ts";
import type { ModelFlags } from "./flags.ts";
import { meantWord } from "./suggestion.ts";

/** Opens the model that the user named, as the flags say. */
export async function openNamed(
  source: string,
  flags: ModelFlags,
  { signal, onProgress, screen }: CommandRun,
  headers: Pick<OpenModelOptions, "everyHeader" | "onHeaders"> = {},
): Promise<Model> {
  const { weights, matrix, tensor, labels, metadata, tokenizer, offline, refresh } = flags;
  try {
    const model = await openModel(source, {
      ...{ weights, matrix, tensor, labels, metadata, tokenizer, offline, refresh },
      ...{ signal, onProgress },
      ...headers,
      onWarning: screen.warn,
    });
    return finiteRows(model, source);
  } catch (error) {
    const meant = error instanceof HubError ? meantBy(source) : undefined;
    if (meant === undefined) throw error;
    throw new CommandError(`${(error as HubError).message}; did you mean ${meant}?`, {
      cause: error,
    });
  }
}

/** What is no model of the hub may be a slip in the name of a command or of the sample. */
function meantBy(source: string): string | undefined {
  const [name = ""] = source.split("@");
  return meantWord(name, ["info", "near", "cache", "help", "sample"]);
}

/** A model's name with the beginning of its commit and its weight file, where it has them. */
export function modelTitle(model: Pick<Model, "name" | "revision"> & WeightsFact): string {
  const { name, revision, weights } = model;
  const commit = revision === null ? "" : ` @ ${revision.slice(0, 7)}`;
  return terminalSafe(`${name}${commit}${weights ? `, ${weights}` : ""}`);
}

/** As `Model` and `ModelJson` have it. */
interface WeightsFact {
  readonly weights?: string | null | undefined;
}

/** What a JSON output says of a token. */
export function tokenFacts({ id, text, display, bytes }: Token): TokenFacts {
  return { id, text, display, bytes: hexBytes(bytes) };
}

export type TokenFacts = Pick<TokenJson, "id" | "text" | "display" | "bytes">;
