import { blockCount } from "../compute/blocks.ts";
import { gramNeed } from "../compute/gram.ts";
import type { Need } from "../compute/memory.ts";
import type { RunOptions } from "../compute/run.ts";
import type { Matrix } from "../matrix.ts";
import { gram } from "./gram.ts";
import { gramTile } from "./tile.ts";

/** Most pixels of a side of the picture: as many as the figures have. */
const PIXELS = 800;

/**
 * The Gram matrix of the rows of X, to be looked at: (n, n) up to 800 rows, which is all that a figure has room for; for
 * more, a square of 401 to 800 rows whose entries are the exact means of its blocks, as `gramTile` has them.
 *
 * @throws {TypeError | RangeError} as `gram`.
 */
export async function gramPicture(X: Matrix, options: RunOptions = {}): Promise<Matrix> {
  const n = X.shape[0];
  if (!(n > PIXELS)) return gram(X, options);
  const side = blockCount(n, PIXELS);
  return gramTile(X, { shape: [side, side], ...options });
}

/** What `gramPicture` takes beside the rows; for many rows that is little. */
export function pictureNeed(n: number, d: number): Need {
  return n > PIXELS ? { step: 0, peak: 0 } : gramNeed(n, d);
}
