/** Longest slice asked for at once, in bytes: of longer ones a large matrix is held twice for a while, as garbage. */
export const LONGEST_SLICE: number = 8 * 1024 * 1024;
/** Slices asked for at the same time: what hides the way to a distant source. */
const PARALLEL = 6;

/** Works on the items in their order, several at the same time; after a failure none is begun. */
export async function severalAtOnce<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function turns(): Promise<void> {
    while (next < items.length) await work(items[next++]!);
  }
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, turns));
  } finally {
    next = items.length;
  }
}
