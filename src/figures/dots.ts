import type { Box, Point } from "./box.ts";

const CELL = 24; // side of a cell, pixels

/** The dots of a map in the cells of a uniform grid, to find those near a place without looking at all. */
export class Dots {
  readonly #cells = new Map<number, Point[]>();

  constructor(dots: readonly Point[]) {
    for (const dot of dots) {
      const cell = cellAt(Math.floor(dot.x / CELL), Math.floor(dot.y / CELL));
      const members = this.#cells.get(cell);
      if (members === undefined) this.#cells.set(cell, [dot]);
      else members.push(dot);
    }
  }

  /** The dots in a box, its edges included, and perhaps some around it; without the one given. */
  within({ left, top, right, bottom }: Box, except: Point): Point[] {
    const found: Point[] = [];
    const last = Math.floor(right / CELL);
    for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) {
      for (let column = Math.floor(left / CELL); column <= last; column++) {
        const members = this.#cells.get(cellAt(column, row));
        if (members === undefined) continue;
        for (const dot of members) if (dot !== except) found.push(dot);
      }
    }
    return found;
  }
}

function cellAt(column: number, row: number): number {
  return row * 65536 + column;
}
