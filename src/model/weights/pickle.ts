/** Reads Python pickles of the protocols 2 to 5 as data, after CPython's pickletools.py. */

import { exact, PickleMachine, type PickleOwner } from "./pickle-machine.ts";
import { isHarmful, pickleName } from "./pickle-names.ts";
import {
  kindOf,
  PickleDict,
  PickleList,
  PickleName,
  PickleObject,
  type PickleValue,
} from "./pickle-values.ts";

const STOP = 0x2e;
const NEWEST = 5;
/** Of a module, class or function, as `line` has it too. */
const LONGEST_NAME = 1000;

/**
 * The value that a pickle describes, and where the pickle ends.
 *
 * Nothing is ever called or imported. What a checkpoint is made of is built by its owner; every other
 * call becomes a `PickleObject`, which says what Python would have called. Names that only a harmful
 * pickle holds (`os.system`) are refused.
 *
 * @param bytes Begin with the pickle; what follows it is not looked at.
 * @param file What the file is called in errors.
 * @param offsetOf Where in the file a byte of the pickle lies, for errors; default: the same place.
 * @throws {PickleEnds} if the bytes end too early; {FormatError} for all else that is wrong.
 */
export function readPickle(
  bytes: Uint8Array,
  owner: PickleOwner,
  file: string,
  offsetOf: (at: number) => number = (at) => at,
): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, owner, file, offsetOf);
  for (;;) {
    const code = machine.uint(1);
    if (code === STOP) return { value: machine.pop(), end: machine.at };
    const run = OPERATIONS.get(code);
    if (run === undefined) {
      machine.at--;
      throw machine.fail(`operation 0x${code.toString(16)} is unknown or of another protocol`);
    }
    run(machine);
  }
}

type Operation = (machine: PickleMachine) => void;

const PLAIN: readonly (readonly [code: number, run: Operation])[] = [
  [0x80, protocol],
  [0x95, frame],
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.int32())], // BININT
  [0x4b, (m) => m.push(m.uint(1))], // BININT1
  [0x4d, (m) => m.push(m.uint(2))], // BININT2
  [0x8a, (m) => m.push(m.long(m.uint(1)))], // LONG1
  [0x8b, (m) => m.push(m.long(m.uint(4)))], // LONG4
  [0x49, (m) => m.push(decimal(m))], // INT, which Python 2 writes for 64 bits
  [0x4c, (m) => m.push(decimal(m))], // LONG
  [0x47, (m) => m.push(m.float64())], // BINFLOAT
  [0x8c, (m) => m.push(m.text(m.uint(1)))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.text(m.uint(4)))], // BINUNICODE
  [0x8d, (m) => m.push(m.text(m.uint(8)))], // BINUNICODE8
  [0x55, (m) => m.push(textOfPython2(m, m.uint(1)))], // SHORT_BINSTRING
  [0x54, (m) => m.push(textOfPython2(m, m.uint(4)))], // BINSTRING
  [0x43, (m) => m.push(m.take(m.uint(1)))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.take(m.uint(4)))], // BINBYTES
  [0x8e, (m) => m.push(m.take(m.uint(8)))], // BINBYTES8
  [0x96, (m) => m.push(m.take(m.uint(8)))], // BYTEARRAY8
];

const CONTAINERS: typeof PLAIN = [
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x32, duplicate], // DUP
  [0x71, (m) => m.remember(m.uint(1))], // BINPUT
  [0x72, (m) => m.remember(m.uint(4))], // LONG_BINPUT
  [0x94, (m) => m.remember()], // MEMOIZE
  [0x68, (m) => m.recall(m.uint(1))], // BINGET
  [0x6a, (m) => m.recall(m.uint(4))], // LONG_BINGET
  [0x29, (m) => m.push(new PickleList())], // EMPTY_TUPLE
  [0x5d, (m) => m.push(new PickleList())], // EMPTY_LIST
  [0x8f, (m) => m.push(new PickleList())], // EMPTY_SET
  [0x85, (m) => tuple(m, 1)],
  [0x86, (m) => tuple(m, 2)],
  [0x87, (m) => tuple(m, 3)],
  [0x74, (m) => m.push(new PickleList(m.popMark()))], // TUPLE
  [0x6c, (m) => m.push(new PickleList(m.popMark()))], // LIST
  [0x91, (m) => m.push(new PickleList(m.popMark()))], // FROZENSET
  [0x61, (m) => append(m, [m.pop()])], // APPEND
  [0x65, (m) => append(m, m.popMark())], // APPENDS
  [0x90, (m) => append(m, m.popMark())], // ADDITEMS
  [0x7d, (m) => m.push(new PickleDict())], // EMPTY_DICT
  [0x64, dictionary], // DICT
  [0x73, (m) => setItems(m, [m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => setItems(m, m.popMark())], // SETITEMS
];

const CALLS: typeof PLAIN = [
  [0x63, (m) => name(m, m.line(), m.line())], // GLOBAL
  [0x93, stackName], // STACK_GLOBAL
  [0x51, (m) => m.push(m.owner.persistent(m.pop(), m.fail))], // BINPERSID
  [0x52, call], // REDUCE
  [0x81, call], // NEWOBJ
  [0x92, callWithNames], // NEWOBJ_EX
  [0x62, build], // BUILD
];

const OPERATIONS: ReadonlyMap<number, Operation> = new Map([...PLAIN, ...CONTAINERS, ...CALLS]);

function protocol(machine: PickleMachine): void {
  const version = machine.uint(1);
  if (version > NEWEST) throw machine.fail(`protocol ${version}, expected 2 to ${NEWEST}`);
}

function frame(machine: PickleMachine): void {
  const length = machine.uint(8);
  const { at } = machine;
  machine.take(length); // the pickle must be as long as it says
  machine.at = at;
}

function decimal(machine: PickleMachine): number | bigint {
  const text = machine.line();
  const match = /^([+-]?[0-9]{1,100})L?$/.exec(text);
  if (match === null) throw machine.fail("expected a whole number");
  return exact(BigInt(match[1]!.replace("+", "")));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Texts of Python 2 have no code; where they are no UTF-8 they stay bytes. */
function textOfPython2(machine: PickleMachine, length: number): string | Uint8Array {
  const bytes = machine.take(length);
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

function duplicate(machine: PickleMachine): void {
  machine.push(machine.peek());
}

function tuple(machine: PickleMachine, length: number): void {
  const items = Array.from({ length }, () => machine.pop());
  machine.push(new PickleList(items.reverse()));
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const list = machine.peek();
  // of an unknown class of list the items are not needed
  if (list instanceof PickleObject) return;
  const target = machine.items(list);
  for (const item of items) target.push(item);
}

function dictionary(machine: PickleMachine): void {
  const items = machine.popMark();
  machine.push(new PickleDict());
  setItems(machine, items);
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  const dict = machine.peek();
  if (!(dict instanceof PickleDict)) {
    throw machine.fail(`expected a dictionary, got ${kindOf(dict)}`);
  }
  if (items.length % 2 !== 0) throw machine.fail("a dictionary's last key has no value");
  for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
}

function name(machine: PickleMachine, module: string, attribute: string): void {
  const found = pickleName(module, attribute);
  if (isHarmful(found)) {
    throw machine.fail(
      `it names ${found.shown}, which can run code when Python loads the file; nothing was run, and the file is not read`,
    );
  }
  machine.push(found);
}

function stackName(machine: PickleMachine): void {
  const attribute = machine.pop();
  const module = machine.pop();
  if (typeof module !== "string" || typeof attribute !== "string") {
    throw machine.fail("a name is not text");
  }
  // it is looked up at every call
  if (module.length > LONGEST_NAME || attribute.length > LONGEST_NAME) {
    throw machine.fail(`a name has more than ${LONGEST_NAME} characters`);
  }
  name(machine, module, attribute);
}

function call(machine: PickleMachine): void {
  const args = machine.pop();
  const callee = machine.pop();
  if (!(callee instanceof PickleName || callee instanceof PickleObject)) {
    throw machine.fail(`${kindOf(callee)} can't be called`);
  }
  const made = machine.owner.call(callee, machine.items(args), machine.fail, machine.spend);
  machine.push(made ?? new PickleObject(callee, args));
}

function callWithNames(machine: PickleMachine): void {
  machine.pop(); // arguments by name, which nothing that is known here takes
  call(machine);
}

function build(machine: PickleMachine): void {
  const state = machine.pop();
  const target = machine.peek();
  // what is hung on a known value (`_metadata` of a state dict) says nothing about tensors
  if (target instanceof PickleObject) target.state = state;
}
