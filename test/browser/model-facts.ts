/** All that is read of a model, in a form that passes from a page to its test: the same wherever it is read. */
import type * as library from "../../src/anywhere.ts";
import { sha256 } from "./road.ts";

export type Facts = Readonly<Record<string, unknown>>;

/** Opens a model and reads all of it; where that fails, the error. */
export async function modelFacts(
  { openFiles }: Pick<typeof library, "openFiles">,
  files: library.ModelFiles,
  options: library.OpenFilesOptions = {},
): Promise<Facts> {
  const facts: Record<string, unknown> = {};
  try {
    const model = await openFiles(files, options);
    const { tensor, matrix, matrices, dtype, shape, notes, tensors, vocabulary } = model;
    Object.assign(facts, { tensor, matrix, matrices, dtype, shape, notes, tensors });
    facts.source = vocabulary.source;
    facts.tokens = Array.from(vocabulary, ({ id, bytes, text, display, kind }) => {
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return [id, hex, text, display, kind].join(" ");
    });
    const last = shape[0] - 1;
    // the last before the first: what was unpacked on the way is then unpacked again
    const selections = [[0], [last >> 1], [last, 0], "all"];
    facts.rows = [];
    for (const rows of selections.slice(last === 0 ? 3 : 0)) {
      const hash = model.rows({ rows }).then(({ data }) => sha256(data));
      (facts.rows as unknown[]).push(await hash.catch(errorFacts));
    }
  } catch (error) {
    facts.error = errorFacts(error);
  }
  return facts;
}

function errorFacts(error: unknown): Facts {
  const { name, message, file, offset, feature } = error as Record<string, unknown>;
  return { name, message, file, offset, feature };
}

/** The files of a model in memory. */
export function memoryFiles(
  { bufferSource }: Pick<typeof library, "bufferSource">,
  name: string,
  contents: ReadonlyMap<string, Uint8Array>,
): library.ModelFiles {
  return {
    ...{ name, revision: null, fetched: null },
    open: async (path) => {
      const bytes = contents.get(path);
      return bytes && bufferSource(bytes, path);
    },
    read: async (path) => contents.get(path),
  };
}
