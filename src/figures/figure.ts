/** What every figure says about itself, besides its picture. */
export interface FigureText {
  /**
   * Lines under the picture that say how to make it again: model, revision, tensor, parameters,
   * seed, version, command. Long lines are wrapped to the figure's width.
   */
  readonly caption: readonly string[];
  /** One sentence for people who can't see the picture, written into the SVG's `<desc>`. */
  readonly description: string;
}

/** What a figure needs of a token. */
export interface FigureToken {
  /** One visible line that names it. */
  readonly display: string;
  /** Its row, where known: figures of the first rows say so. */
  readonly id?: number | undefined;
  /** How often training saw it, where known: tokens never seen are drawn grey. */
  readonly occurrences?: number | undefined;
}

/** Where a map comes from: t-SNE, or coordinates that were given in its place. */
export type Projection = "t-SNE" | "given";
