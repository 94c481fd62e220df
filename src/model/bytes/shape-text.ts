/** Dimensions that a message lists; a file may give a tensor millions. */
const MOST_SHOWN = 8;

/** A shape for messages: `"2, 3"`. */
export function shapeText(shape: readonly number[]): string {
  return shape.slice(0, MOST_SHOWN).join(", ") + (shape.length > MOST_SHOWN ? ", ..." : "");
}
