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
    const size = this.#size;
    for (let row = Math.floor(box.top / size); row <= Math.floor(box.bottom / size); row++) {
      for (let col = Math.floor(box.left / size); col <= Math.floor(box.right / size); col++) {
        const ids = this.#cells.get(cellAt(col, row));
        if (ids === undefined) this.#cells.set(cellAt(col, row), [id]);
        else ids.push(id);
      }
    }
  }

  /** Whether a box, other than number `except`, shares more than an edge with this one. */
  hits(box: Box, except = -1): boolean {
    const size = this.#size;
    const last = Math.floor(box.right / size);
    for (let row = Math.floor(box.top / size); row <= Math.floor(box.bottom / size); row++) {
      for (let col = Math.floor(box.left / size); col <= last; col++) {
        const ids = this.#cells.get(cellAt(col, row));
        if (ids === undefined) continue;
        for (const id of ids) {
          if (id !== except && intersect(this.#boxes[id]!, box)) return true;
        }
      }
    }
    return false;
  }
}

function cellAt(column: number, row: number): number {
  return row * 65536 + column;
}
