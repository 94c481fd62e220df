import { type Box, intersect } from "./box.ts";

/** Boxes in the cells of a uniform grid, to find in constant time whether a place is free. */
export class Grid {
  readonly #size: number;
  readonly #cells = new Map<number, number[]>();
  readonly #boxes: Box[] = [];

  /** @param size Side of a cell in pixels; best about the height of the boxes asked for. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Adds a box; boxes are numbered 0, 1, 2, ... as they come. */
  add(box: Box): void {
    const id = this.#boxes.push(box) - 1;
    this.#visit(box, (cell) => {
      const ids = this.#cells.get(cell);
      if (ids === undefined) this.#cells.set(cell, [id]);
      else ids.push(id);
      return false;
    });
  }

  /** Whether a box, other than number `except`, shares more than an edge with this one. */
  hits(box: Box, except = -1): boolean {
    return this.#visit(box, (cell) => {
      const ids = this.#cells.get(cell);
      return ids?.some((id) => id !== except && intersect(this.#boxes[id]!, box)) ?? false;
    });
  }

  // stops, and is true, at the first cell for which `found` is
  #visit({ left, top, right, bottom }: Box, found: (cell: number) => boolean): boolean {
    const size = this.#size;
    for (let row = Math.floor(top / size); row <= Math.floor(bottom / size); row++) {
      for (let col = Math.floor(left / size); col <= Math.floor(right / size); col++) {
        if (found(row * 65536 + col)) return true;
      }
    }
    return false;
  }
}
