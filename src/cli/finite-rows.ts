import { isInputError } from "../errors.ts";
import { checkFinite, type Matrix } from "../matrix.ts";
import type { Model } from "../model/model.ts";
import { selectRows } from "../model/rows.ts";
import { CommandError } from "./errors.ts";
import { rowTitle } from "./row-title.ts";

/**
 * The model, whose rows are checked as they are read: the stations know a row only by its place among those
 * that they got, and people by its token and id.
 *
 * @param source The model as the user named it.
 */
export function finiteRows(model: Model, source: string): Model {
  return {
    ...model,
    rows: async (options) => {
      const X = await model.rows(options);
      try {
        checkFinite("rows", X);
      } catch (error) {
        throw isInputError(error) ? notFinite(X, selectRows(options.rows, model.shape[0])) : error;
      }
      return X;
    },
  };

  function notFinite({ data, shape }: Matrix, ids: Int32Array): CommandError {
    const at = data.findIndex((value) => !Number.isFinite(value));
    const token = model.vocabulary.token(ids[Math.floor(at / shape[1])]!);
    return new CommandError(
      `${source}: expected finite values, got ${data[at]} in row ${rowTitle(token)}, column ${at % shape[1]}`,
    );
  }
}
