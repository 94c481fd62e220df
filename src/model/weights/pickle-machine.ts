import { FormatError } from "../../errors.ts";
import { faultAt } from "../bytes/fault.ts";
import { kindOf, PickleList, type PickleValue } from "./pickle-values.ts";

/** What the owner of a pickle knows of it. */
export interface PickleOwner {
  /**
   * What a call makes.
   *
   * @returns undefined if the callee is not known; the result is then a `PickleObject`.
   */
  call(
    callee: PickleValue,
    args: readonly PickleValue[],
    fail: Fail,
    spend: Spend,
  ): PickleValue | undefined;
  /** What a persistent id stands for: a storage outside of the pickle. */
  persistent(id: PickleValue, fail: Fail): PickleValue;
}

/** Makes the error for the place where the pickle is being read. */
export type Fail = (reason: string) => FormatError;

/**
 * Counts so many values that a call goes through: three bytes can have a list of a million items gone
 * through, and a pickle holds many times three bytes.
 *
 * @throws {FormatError} beyond what one pickle may make.
 */
export type Spend = (count: number) => void;

/** The bytes end before the pickle does. */
export class PickleEnds extends FormatError {}

/**
 * Bounds on what one pickle may make. A checkpoint makes some 30 values, 12 of them kept in the memo
 * and 6 of them objects, for each of its tensors; the largest have some 100,000 tensors.
 */
const LIMITS = { values: 4_000_000, memo: 2_000_000, objects: 1_000_000 } as const;
const MAX_MARKS = 10_000;
/** Longest number, in bytes; Python's own random state needs 4. */
const MAX_NUMBER = 256;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The state of reading one pickle: bytes, stack, marks and memo. */
export class PickleMachine {
  readonly owner: PickleOwner;
  /** Where in the bytes the next operation stands. */
  at: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #offsetOf: (at: number) => number;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo: Map<number, PickleValue> = new Map();
  readonly #made: { values: number; memo: number; objects: number } = {
    values: 0,
    memo: 0,
    objects: 0,
  };

  /** @param offsetOf Where in the file a byte of the pickle lies. */
  constructor(
    bytes: Uint8Array,
    owner: PickleOwner,
    file: string,
    offsetOf: (at: number) => number,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.owner = owner;
    this.#file = file;
    this.#offsetOf = offsetOf;
    this.at = 0;
  }

  fail: Fail = (reason) => faultAt(this.#file, this.#offsetOf(this.at), `pickle: ${reason}`);

  spend: Spend = (count) => this.#count("values", count);

  // bytes

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) {
      const offset = this.#offsetOf(this.#bytes.length);
      throw new PickleEnds(
        `${this.#file}: byte ${offset}: the pickle is cut short: it needs ${length} bytes from byte ${this.#offsetOf(this.at)}`,
        { file: this.#file, offset },
      );
    }
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** An unsigned little-endian number. */
  uint(length: 1 | 2 | 4 | 8): number {
    const at = this.at;
    this.take(length);
    if (length === 1) return this.#view.getUint8(at);
    if (length === 2) return this.#view.getUint16(at, true);
    if (length === 4) return this.#view.getUint32(at, true);
    return Number(this.#view.getBigUint64(at, true));
  }

  int32(): number {
    return this.uint(4) | 0;
  }

  float64(): number {
    const at = this.at;
    this.take(8);
    return this.#view.getFloat64(at, false);
  }

  /** A whole number of so many bytes in two's complement: a number where that is exact. */
  long(length: number): number | bigint {
    if (length > MAX_NUMBER) throw this.fail(`a number has ${length} bytes`);
    const bytes = new Uint8Array(MAX_NUMBER);
    bytes.set(this.take(length));
    const view = new DataView(bytes.buffer);
    let value = 0n;
    for (let at = Math.ceil(length / 8) * 8 - 8; at >= 0; at -= 8) {
      value = (value << 64n) | view.getBigUint64(at, true);
    }
    return exact(BigInt.asIntN(8 * length, value));
  }

  /** The text up to the next line's end. */
  line(longest = 1000): string {
    const rest = this.#bytes.subarray(this.at, this.at + longest + 1);
    const length = rest.indexOf(0x0a);
    if (length === -1 && rest.length > longest) throw this.fail("a line is too long");
    const text = this.text(length === -1 ? rest.length : length);
    this.take(1);
    return text;
  }

  text(length: number): string {
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.fail("a text is not valid UTF-8");
    }
  }

  // stack

  push(value: PickleValue): void {
    this.#count("values");
    if (typeof value === "object" && value !== null) this.#count("objects");
    this.#stack.push(value);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.fail("the stack is empty");
    return this.#stack.pop()!;
  }

  peek(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    if (this.#marks.length === MAX_MARKS) throw this.fail(`more than ${MAX_MARKS} open marks`);
    this.#marks.push(this.#stack.length);
  }

  /** Everything above the last mark, which goes too. */
  popMark(): PickleValue[] {
    const start = this.#marks.pop();
    if (start === undefined) throw this.fail("there is no mark");
    return this.#stack.splice(start);
  }

  // memo

  remember(index: number = this.#memo.size): void {
    this.#count("memo");
    this.#memo.set(index, this.peek());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.fail(`nothing is kept as ${index}`);
    this.#count("values");
    this.#stack.push(value);
  }

  /** The value as a list or tuple's items. */
  items(value: PickleValue): PickleValue[] {
    if (value instanceof PickleList) return value.items;
    throw this.fail(`expected a list or tuple, got ${kindOf(value)}`);
  }

  #count(what: "values" | "memo" | "objects", count = 1): void {
    this.#made[what] += count;
    if (this.#made[what] > LIMITS[what]) {
      throw this.fail(`more than ${LIMITS[what]} ${what === "memo" ? "kept values" : what}`);
    }
  }
}

/** A number where it holds the value exactly. */
export function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
