import type { FormatError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { PickleDict, PickleList, PickleObject, type PickleValue } from "./pickle-values.ts";
import { TorchTensor, TorchUnread } from "./torch-pickle.ts";

/** Deeper nesting is no model's; a pickle of few bytes can describe any depth. */
const MAX_DEPTH = 100;
/** Most values looked at: twice what a pickle may hold, since one that is reached on many ways counts each time. */
const MAX_VISITS = 8_000_000;
/** Most characters in all names together. */
const MAX_CHARACTERS = 1 << 26;

/** Most characters in one of them. */
const LONGEST_NAME = 1 << 16;

/** The attributes of a PyTorch module that hold what its `state_dict` names without them. */
const MODULE_PARTS: ReadonlySet<PickleValue> = new Set(["_parameters", "_buffers", "_modules"]);

/** The name of a tensor that was saved by itself. */
const ALONE = "tensor";

/**
 * The tensors within a checkpoint's value, by the keys that lead to them: `{"state_dict": {"wte.weight":
 * ...}}` gives `state_dict.wte.weight`, a list's items their numbers. Modules that were saved whole give
 * the names of their `state_dict`.
 *
 * @throws {FormatError} if two tensors have the same name, or values are nested without end.
 */
export function namedTensors(
  root: PickleValue,
  fail: (reason: string) => FormatError,
): Map<string, TorchTensor | TorchUnread> {
  const tensors = new Map<string, TorchTensor | TorchUnread>();
  const above = new Set<PickleValue>();
  let visits = 0;
  let characters = 0;

  function look(): void {
    if (++visits > MAX_VISITS) throw fail(`more than ${MAX_VISITS} values are nested`);
  }
  function joined(name: string, key: string): string {
    if (name.length + key.length > LONGEST_NAME) {
      throw fail(`a name of more than ${LONGEST_NAME} characters`);
    }
    return name === "" ? key : `${name}.${key}`;
  }
  function visit(value: PickleValue, name: string): void {
    look();
    if (value instanceof TorchTensor || value instanceof TorchUnread) {
      if (tensors.has(name)) throw fail(`two tensors are named ${quoted(name)}`);
      characters += name.length;
      if (characters > MAX_CHARACTERS) {
        throw fail(`the names of the tensors have more than ${MAX_CHARACTERS} characters`);
      }
      tensors.set(name === "" ? ALONE : name, value);
      return;
    }
    // what holds itself, as modules that know their parent, is looked at once
    if (!isContainer(value) || above.has(value)) return;
    if (above.size === MAX_DEPTH) throw fail(`values are nested deeper than ${MAX_DEPTH} levels`);
    above.add(value);
    for (const [key, inner, isPart] of members(value)) {
      // what is passed over takes time as well: a key of another kind, of which there may be a million
      if (key === undefined) look();
      else visit(inner, isPart ? name : joined(name, key));
    }
    above.delete(value);
  }
  visit(root, "");
  return tensors;
}

type Container = PickleDict | PickleList;

function isContainer(value: PickleValue): value is Container {
  return value instanceof PickleDict || value instanceof PickleList;
}

type Member = readonly [key: string | undefined, inner: PickleValue, isPart: boolean];

/** What a container holds; keys that are neither text nor number name nothing. */
function* members(value: Container): Generator<Member> {
  if (value instanceof PickleList) {
    for (const [i, item] of value.items.entries()) yield [String(i), item, false];
    return;
  }
  for (const [key, inner] of value.entries) {
    const names = typeof key === "string" || typeof key === "number";
    yield [names ? String(key) : undefined, inner, false];
  }
  if (!(value instanceof PickleObject) || !(value.state instanceof PickleDict)) return;
  for (const [key, inner] of value.state.entries) {
    yield [typeof key === "string" ? key : undefined, inner, MODULE_PARTS.has(key)];
  }
}
