/** What the texts are: for the model card. */

/** A text whose origin is known. */
export interface Source {
  /** The file's name, without folders. */
  readonly file: string;
  readonly contents: string;
  readonly licence: string;
}

/** The books that the built-in sample is trained on. */
export const BOOKS: readonly Source[] = [
  {
    file: "bronte.txt",
    contents: "Charlotte Brontë: Jane Eyre, Shirley, The Professor, Villette",
    licence: "public domain",
  },
  {
    file: "darwin.txt",
    contents:
      "Charles Darwin: On the Origin of Species, The Expression of the Emotions in Man and Animals, The Descent of Man",
    licence: "public domain",
  },
  {
    file: "dubois.txt",
    contents:
      "W. E. B. Du Bois: Darkwater, The Quest of the Silver Fleece, The Souls of Black Folk, The Suppression of the African Slave-Trade, The Negro, and essays",
    licence: "public domain",
  },
  {
    file: "tinyshakespeare.txt",
    contents: "William Shakespeare: 40,000 lines of the plays",
    licence: "public domain",
  },
];
