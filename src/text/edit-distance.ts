/**
 * The optimal string alignment distance (Damerau 1964; no letter is edited twice): how many letters are
 * added, left out, changed or swapped with their neighbour.
 *
 * @param most Infinity is the answer where there are more edits, which is quicker to find; default any number.
 */
export function editDistance(
  a: string,
  b: string,
  most: number = Number.POSITIVE_INFINITY,
): number {
  // the distances of the first i letters of a to the beginnings of b, and the same for i - 1 and i - 2
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  let above = row.slice();
  let twoAbove = row.slice();
  for (let i = 1; i <= a.length; i++) {
    [row, above, twoAbove] = [twoAbove, row, above];
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const changed = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(above[j]! + 1, row[j - 1]! + 1, changed);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, twoAbove[j - 2]! + 1);
      row[j] = edits;
      least = Math.min(least, edits);
    }
    // no later row has less: a swap adds one to the row above, whose least is at most one below this
    if (least > most) return Number.POSITIVE_INFINITY;
  }
  return row[b.length]! > most ? Number.POSITIVE_INFINITY : row[b.length]!;
}
