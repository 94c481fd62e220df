import { quoted } from "./display.ts";
import { faultAt } from "./fault.ts";
import { MAX_COMMAS, MAX_CONTAINERS, MAX_DEPTH, MAX_NAMES } from "./json-outline.ts";

/**
 * A value of strict JSON. Objects are Maps, so that no name is special; whole numbers written with up
 * to 20 digits are bigints and all other numbers are numbers, so that `1` is told from `1.0` and `1e0`.
 */
export type Json = null | boolean | string | number | bigint | Json[] | Map<string, Json>;

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads JSON (RFC 8259) and refuses what `JSON.parse` lets pass and readers disagree about: a name
 * twice in one object, a lone surrogate, and a number beyond float64.
 *
 * @param file What the text is called in errors.
 * @param offset Where in the file the text begins, in bytes.
 * @throws {FormatError} naming the byte at which the text stops being JSON.
 */
export function parseJson(text: string, file: string, offset = 0): Json {
  const parser = new Parser(text, file, offset);
  return parser.document();
}

class Parser {
  readonly #text: string;
  readonly #file: string;
  readonly #offset: number;
  #at = 0;
  #containers = 0;
  #names = 0;
  #commas = 0;

  constructor(text: string, file: string, offset: number) {
    this.#text = text;
    this.#file = file;
    this.#offset = offset;
  }

  document(): Json {
    const value = this.#value(0);
    this.#match(BLANK);
    if (this.#at < this.#text.length) this.#fail("expected the end of the JSON text");
    return value;
  }

  #value(depth: number): Json {
    this.#match(BLANK);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): Map<string, Json> {
    const members = new Map<string, Json>();
    this.#enter(depth);
    if (this.#take("}")) return members;
    do {
      this.#match(BLANK);
      const start = this.#at;
      if (this.#text[start] !== '"') this.#fail("expected a name in double quotes");
      const name = this.#string();
      if (members.has(name)) this.#fail(`the name ${quoted(name)} occurs twice`, start);
      if (!this.#take(":")) this.#fail('expected ":"');
      if (++this.#names > MAX_NAMES) this.#fail(`more than ${MAX_NAMES} names`, this.#at - 1);
      members.set(name, this.#value(depth + 1));
    } while (this.#takeComma());
    if (!this.#take("}")) this.#fail('expected "," or "}"');
    return members;
  }

  #array(depth: number): Json[] {
    const items: Json[] = [];
    this.#enter(depth);
    if (this.#take("]")) return items;
    do items.push(this.#value(depth + 1));
    while (this.#takeComma());
    if (!this.#take("]")) this.#fail('expected "," or "]"');
    return items;
  }

  #enter(depth: number): void {
    if (++this.#containers > MAX_CONTAINERS) {
      this.#fail(`more than ${MAX_CONTAINERS} objects and arrays`);
    }
    if (depth >= MAX_DEPTH) this.#fail(`JSON nested deeper than ${MAX_DEPTH} levels`);
    this.#at++;
  }

  #string(): string {
    const start = this.#at;
    let isEscaped = false;
    let code = this.#text.charCodeAt(++this.#at);
    for (; code !== QUOTE; code = this.#text.charCodeAt(++this.#at)) {
      if (code > 0x1f && code !== BACKSLASH) continue;
      // also at the end of the text, where there is no code
      if (code !== BACKSLASH || this.#match(ESCAPE) === null) {
        this.#fail("expected a character or escape that JSON allows");
      }
      isEscaped = true;
      this.#at--;
    }
    this.#at++;
    const spelt = this.#text.slice(start, this.#at);
    // not put together here: a text of megabytes with an escape at every second place would fill the memory
    const text = isEscaped ? (JSON.parse(spelt) as string) : spelt.slice(1, -1);
    if (LONE_SURROGATE.test(text)) this.#fail("a string holds a lone surrogate", start);
    return text;
  }

  #number(): number | bigint {
    const start = this.#at;
    const match = this.#match(NUMBER);
    if (match === null) this.#fail("expected a JSON value");
    const [digits, fraction, exponent] = match;
    const whole = fraction === undefined && exponent === undefined && digits !== "-0";
    if (whole && digits.length <= 20) return BigInt(digits);
    const value = Number(digits);
    if (!Number.isFinite(value)) this.#fail(`the number ${quoted(digits)} is too large`, start);
    return value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail("expected a JSON value");
    this.#at += word.length;
    return value;
  }

  #takeComma(): boolean {
    if (!this.#take(",")) return false;
    if (++this.#commas > MAX_COMMAS) this.#fail(`more than ${MAX_COMMAS} values`, this.#at - 1);
    return true;
  }

  #take(character: string): boolean {
    this.#match(BLANK);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #fail(reason: string, at: number = this.#at): never {
    const offset = this.#offset + new TextEncoder().encode(this.#text.slice(0, at)).length;
    throw faultAt(this.#file, offset, reason);
  }
}
