/**
 * The header of a NumPy array: a dictionary in Python's notation, `{'descr': '<f4', 'fortran_order': False,
 * 'shape': (2, 3), }`. It is read as data, by a grammar of its own that knows literals alone: texts, whole
 * numbers, True, False, None, tuples and lists. Nothing is evaluated (nor does NumPy: `ast.literal_eval` in
 * numpy/lib/_format_impl.py).
 */
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { decodeLatin1 } from "../bytes/latin1.ts";
import { decodeUtf8 } from "../bytes/utf8.ts";

/** What the dictionary says. */
export interface NpyDictionary {
  /** As NumPy writes it: `"<f4"`; `"structured"` for records and subarrays. */
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

type Literal = string | number | boolean | null | readonly Literal[] | Tuple;
interface Tuple {
  readonly items: readonly Literal[];
}
interface Entry {
  readonly at: number;
  readonly value: Literal;
}

const KEYS = ["descr", "fortran_order", "shape"];
/** Types of types of types: NumPy's own go three levels deep or so. */
const MAX_DEPTH = 32;

const BLANK = /[ \t\r\n\f]*/y;
const TEXT = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/y;
const WORD = /(True|False|None)(?![A-Za-z0-9_])/y;
// Python 2 wrote long numbers with an L
const NUMBER = /(-?(?:0|[1-9][0-9]*))L?(?![A-Za-z0-9_.])/y;

/**
 * Reads the dictionary.
 *
 * @param bytes The header after its length.
 * @param file What the file is called in errors.
 * @param start Where in the file the header begins.
 * @throws {FormatError} unless it is a dictionary of exactly `descr`, `fortran_order` and `shape`, each
 *   once and with a value of its type.
 */
export function parseNpyHeader(
  bytes: Uint8Array,
  file: string,
  start: number,
  version: number,
): NpyDictionary {
  // the text is Latin-1 up to version 2.0, then UTF-8; as Latin-1 its places are those of the bytes
  if (version > 2) decodeUtf8(bytes, file, { offset: start, what: "the header" });
  const parser = new LiteralParser(decodeLatin1(bytes), file, start);
  const entries = parser.dictionary();
  const entry = (key: string): Entry => {
    const found = entries.get(key);
    if (found === undefined) throw faultAt(file, start, `the header has no ${quoted(key)}`);
    return found;
  };
  for (const [key, { at }] of entries) {
    if (!KEYS.includes(key)) throw faultAt(file, at, `unknown name ${quoted(key)} in the header`);
  }
  const order = entry("fortran_order");
  if (typeof order.value !== "boolean") {
    throw faultAt(file, order.at, "expected fortran_order to be True or False");
  }
  return {
    descr: typeText(entry("descr"), file),
    fortran: order.value,
    shape: lengths(entry("shape"), file),
  };
}

function typeText({ at, value }: Entry, file: string): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object") return "structured";
  throw faultAt(file, at, "expected descr to be a text or a list");
}

function lengths({ at, value }: Entry, file: string): readonly number[] {
  const items =
    value !== null && typeof value === "object" && "items" in value ? value.items : [-1];
  const isLength = (x: Literal): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (items.every(isLength)) return items;
  throw faultAt(file, at, "expected shape to be a tuple of whole numbers from 0 to 2^53 - 1");
}

class LiteralParser {
  readonly #text: string;
  readonly #file: string;
  readonly #start: number;
  #at = 0;

  constructor(text: string, file: string, start: number) {
    this.#text = text;
    this.#file = file;
    this.#start = start;
  }

  /** The whole text, which must be one dictionary: its values and where each stands. */
  dictionary(): Map<string, Entry> {
    if (!this.#take("{")) this.#fail("the header is not a dictionary");
    const entries = new Map<string, Entry>();
    while (!this.#take("}")) {
      const start = this.#at;
      const key = this.#match(TEXT);
      if (key === null) this.#fail("expected a name in quotes");
      const name = key[1] ?? key[2]!;
      if (entries.has(name)) this.#fail(`the name ${quoted(name)} occurs twice`, start);
      if (!this.#take(":")) this.#fail('expected ":"');
      this.#match(BLANK);
      entries.set(name, { at: this.#start + this.#at, value: this.#value(1) });
      if (!this.#take(",") && !this.#sees("}")) this.#fail('expected "," or "}"');
    }
    if (this.#at < this.#text.length) this.#fail("expected the end of the header");
    return entries;
  }

  #value(depth: number): Literal {
    if (depth > MAX_DEPTH) this.#fail(`a header nested deeper than ${MAX_DEPTH} levels`);
    if (this.#take("[")) return this.#items("]", depth).items;
    if (this.#take("(")) return this.#parenthesis(depth);
    const text = this.#match(TEXT);
    if (text !== null) return text[1] ?? text[2]!;
    const word = this.#match(WORD);
    if (word !== null) return word[1] === "None" ? null : word[1] === "True";
    const number = this.#match(NUMBER);
    if (number === null) this.#fail("expected a text, a number, True, False, a tuple or a list");
    return Number(number[1]) + 0; // -0 is 0
  }

  /** A tuple; but parentheses around one value without a comma are that value. */
  #parenthesis(depth: number): Literal {
    const { items, commas } = this.#items(")", depth);
    return items.length === 1 && commas === 0 ? items[0]! : { items };
  }

  // after the opening bracket, up to and with the closing one
  #items(end: string, depth: number): { items: readonly Literal[]; commas: number } {
    const items: Literal[] = [];
    let commas = 0;
    while (!this.#take(end)) {
      items.push(this.#value(depth + 1));
      if (this.#take(",")) commas++;
      else if (!this.#sees(end)) this.#fail(`expected "," or "${end}"`);
    }
    return { items, commas };
  }

  #take(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#at++;
    this.#match(BLANK);
    return true;
  }

  #sees(character: string): boolean {
    this.#match(BLANK);
    return this.#text[this.#at] === character;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #fail(reason: string, at: number = this.#at): never {
    throw faultAt(this.#file, this.#start + at, reason);
  }
}
