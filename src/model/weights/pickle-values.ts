/** What a pickle describes, as data: nothing of it is ever called. */
import { quoted } from "../bytes/display.ts";

/** A class or function by the name that Python would import it under. */
export class PickleName {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  get text(): string {
    return `${this.module}.${this.name}`;
  }

  /** For messages: cut, and without control characters. */
  get shown(): string {
    return quoted(this.text).slice(1, -1);
  }
}

/** A list, tuple or set. */
export class PickleList {
  readonly items: PickleValue[];

  constructor(items: PickleValue[] = []) {
    this.items = items;
  }
}

/** A dictionary, in its order. */
export class PickleDict {
  // made when the first entry comes: a hostile file may hold a million empty ones
  #entries: Map<PickleValue, PickleValue> | undefined;

  get entries(): ReadonlyMap<PickleValue, PickleValue> {
    return this.#entries ?? EMPTY;
  }

  set(key: PickleValue, value: PickleValue): void {
    this.#entries ??= new Map();
    this.#entries.set(key, value);
  }

  get(key: PickleValue): PickleValue | undefined {
    return this.#entries?.get(key);
  }
}

const EMPTY: ReadonlyMap<PickleValue, PickleValue> = new Map();

/**
 * What Python would make by a call that is not known here: what would be called with which arguments,
 * and what would then be put into the result.
 */
export class PickleObject extends PickleDict {
  readonly made: PickleValue;
  readonly args: PickleValue;
  state: PickleValue = null;

  constructor(made: PickleValue, args: PickleValue) {
    super();
    this.made = made;
    this.args = args;
  }
}

/** A value that the pickle's owner makes of a known call or of a persistent id. */
export abstract class PickleForeign {
  /** As errors name it: `"a tensor"`. */
  abstract readonly kind: string;
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleName
  | PickleList
  | PickleDict
  | PickleForeign;

/** What a value is, as errors name it. */
export function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (value instanceof PickleName) return `the name ${value.shown}`;
  if (value instanceof PickleList) return "a list or tuple";
  if (value instanceof PickleObject) {
    return value.made instanceof PickleName ? `an object of ${value.made.shown}` : "an object";
  }
  if (value instanceof PickleDict) return "a dictionary";
  if (value instanceof Uint8Array) return "bytes";
  return value instanceof PickleForeign ? value.kind : `a ${typeof value}`;
}
