import { readNpy, writeNpy } from "../../src/model/weights/npy.ts";
import { concat } from "../model/weights/write-safetensors.ts";
import { fuzzParser, type MalformedFile } from "./fuzz-parser.ts";

const encoder = new TextEncoder();
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** A file of this format version with this header and so many bytes of data. */
function npy(header: string | Uint8Array, data = 24, version = 1): Uint8Array {
  const length = version === 1 ? [0, 0] : [0, 0, 0, 0];
  const head = Uint8Array.from([...MAGIC, version, 0, ...length]);
  const text = typeof header === "string" ? encoder.encode(header) : header;
  return withLength(
    concat([head, text, Uint8Array.of(0x0a), new Uint8Array(data)]),
    text.length + 1,
  );
}

function withLength(file: Uint8Array, length: number): Uint8Array {
  const changed = file.slice();
  const view = new DataView(changed.buffer);
  if (file[6] === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  return changed;
}

/** The header's length as its first newline says. */
function repair(file: Uint8Array): Uint8Array {
  const start = file[6] === 1 ? 10 : 12;
  const end = file.indexOf(0x0a, start) + 1;
  return end === 0 ? file : withLength(file, end - start);
}

const DESCR = "'descr': '<f4'";
const ORDER = "'fortran_order': False";
const SHAPE = "'shape': (2, 3)";
const GOOD = npy(`{${DESCR}, ${ORDER}, ${SHAPE}, }`);

function bad(what: string, file: Uint8Array, place: number | string): MalformedFile {
  return { what, file, place };
}

/** A header in which one value is another. */
function value(
  field: "descr" | "fortran_order" | "shape",
  text: string,
  place = text,
): MalformedFile {
  const rest = [DESCR, ORDER, SHAPE].filter((member) => !member.startsWith(`'${field}'`));
  return bad(
    `${field} ${text.slice(0, 40)}`,
    npy(`{'${field}': ${text}, ${rest.join(", ")}}`),
    place,
  );
}

function header(text: string, place: number | string): MalformedFile {
  return bad(`header ${text.slice(0, 60)}`, npy(text), place);
}

const MALFORMED: readonly MalformedFile[] = [
  bad("an empty file", new Uint8Array(), 0),
  bad("half of the magic", GOOD.slice(0, 3), 0),
  bad("nothing but the magic", GOOD.slice(0, 6), 6),
  bad("half of the length", GOOD.slice(0, 9), 9),
  bad("half of the length, version 2", npy("{}", 0, 2).slice(0, 11), 11),
  bad("another magic", concat([Uint8Array.of(0x94), GOOD.slice(1)]), 0),
  bad("an HTML page", encoder.encode("<!doctype html><title>Sign in</title>"), 0),
  bad("a ZIP archive", encoder.encode("PK\u0003\u0004 and more"), 0),
  bad("a pickle", Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e), 0),
  ...[0, 4, 255].map((version) => bad(`version ${version}`, npy("{}", 0, version), 6)),
  bad(
    "version 1.1",
    Uint8Array.from(GOOD, (byte, i) => (i === 7 ? 1 : byte)),
    6,
  ),
  bad("a header of length 0", withLength(GOOD, 0), 10),
  bad("a header longer than the file", withLength(GOOD, 60_000), ""),
  bad("a header of 4 GB", withLength(npy("{}", 0, 2), 2 ** 32 - 1), 8),
  bad("a header cut short", withLength(GOOD, 20), "'fortran_order'"),
  bad("data in the header", withLength(GOOD, 80), "\0\0\0"),

  header("hello", "hello"),
  header("", 11),
  header("[]", "[]"),
  header("('descr', '<f4')", "('descr'"),
  header(`{${DESCR}, ${ORDER}}`, "{"),
  header(`{${DESCR}, ${SHAPE}}`, "{"),
  header(`{${ORDER}, ${SHAPE}}`, "{"),
  header("{}", "{}"),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}, 'more': 17}`, "17"),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}, ${SHAPE} }`, `${SHAPE} }`),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}, "shape": (1, 6)}`, '"shape"'),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}`, "\0\0\0"),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}}}`, "}\n"),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}}; import os`, "; import"),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}}\0`, "\0"),
  header(`{${DESCR}, ${ORDER}, ${SHAPE}} # comment`, "# comment"),
  header(`{${DESCR},, ${ORDER}, ${SHAPE}}`, ", 'fortran"),
  header(`{${DESCR} ${ORDER}, ${SHAPE}}`, "'fortran"),
  header(`{'descr' '<f4', ${ORDER}, ${SHAPE}}`, "'<f4'"),
  header(`{descr: '<f4', ${ORDER}, ${SHAPE}}`, "descr"),
  header(`{0: '<f4', ${ORDER}, ${SHAPE}}`, "0:"),
  header(`{**x, ${DESCR}, ${ORDER}, ${SHAPE}}`, "**x"),
  bad("a name with a raw newline", npy(`{'de\nscr': '<f4', ${ORDER}, ${SHAPE}}`), "'de"),

  value("descr", "4"),
  value("descr", "None"),
  value("descr", "True"),
  value("descr", "f()"),
  value("descr", "__import__('os').system('x')"),
  value("descr", "b'<f4'"),
  value("descr", "f'<f4'"),
  value("descr", "'<f' + '4'", "+ '4'"),
  value("descr", "'<f4", "fortran_order"),
  value("descr", "\"<f4'", '"<f4'),
  value("descr", "{'a': '<f4'}"),
  value("descr", "[('a', '<f4')", ": False"),
  value("descr", "[('a', x)]", "x)"),
  value("descr", `${"[".repeat(1000)}`, "["),
  value("descr", "lambda: 0"),

  ...["0", "1", "'False'", "None", "false", "FALSE", "Falsey", "(False,)", "not True", "[]"].map(
    (text) => value("fortran_order", text),
  ),

  ...["6", "(6)", "[2, 3]", "'2, 3'", "None", "True", "{}"].map((text) => value("shape", text)),
  ...["(-2, 3)", "(True, 3)", "(None, 3)", "('2', 3)", "((2,), 3)", "(9007199254740992, 1)"].map(
    (text) => value("shape", text),
  ),
  value("shape", `(${"9".repeat(400)}, 1)`, "(999"),
  value("shape", "(2.0, 3)", "2.0"),
  value("shape", "(2e0, 3)", "2e0"),
  value("shape", "(02, 3)", "02"),
  value("shape", "(0x2, 3)", "0x2"),
  value("shape", "(1_000, 3)", "1_000"),
  value("shape", "(+2, 3)", "+2"),
  value("shape", "(2 3)", "3)"),
  value("shape", "(, 2, 3)", ", 2"),
  value("shape", "(2,, 3)", ", 3"),
  value("shape", "(2, 3", ": '<f4'"),
  value("shape", "(2, 3]", "]"),
  value("shape", "(1+1, 3)", "+1"),
  value("shape", "(2LL, 3)", "2LL"),

  bad("one byte missing", GOOD.slice(0, -1), ""),
  bad("no data", GOOD.slice(0, -24), ""),
  bad("one byte more", concat([GOOD, Uint8Array.of(7)]), "\u0007"),
  bad("two arrays one after the other", concat([GOOD, GOOD]), GOOD.length),
  bad("a shape beyond 2^53", npy(`{${DESCR}, ${ORDER}, 'shape': (94906267, 94906267)}`), ""),
  bad("a shape beyond 2^64", npy(`{${DESCR}, ${ORDER}, 'shape': (4294967296, 4294967296)}`, 0), ""),
  bad("an empty shape with data", npy(`{${DESCR}, ${ORDER}, 'shape': (0, 3)}`), "\0\0\0"),
  bad("version 3 that is not UTF-8", npy(Uint8Array.of(0x7b, 0x27, 0xe9, 0x27), 0, 3), 14),
];

fuzzParser({
  name: "npy",
  file: "x.npy",
  seeds: [
    writeNpy({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }),
    GOOD,
    npy("{'descr': '>f8', 'fortran_order': False, 'shape': (1, 4), }", 32),
    npy("{'shape': (3L, 1L), \"fortran_order\": False, 'descr': '<f2'}", 6, 2),
    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", 0, 3),
    npy("{'descr':'=f4','fortran_order':False,'shape':(1,1)}   ", 4),
    npy("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }", 24),
    npy("{'descr': '>f2', 'fortran_order': True, 'shape': (40, 3), }", 240),
  ],
  malformed: MALFORMED,
  parse: (file) => readNpy(file, "x.npy"),
  repair,
  tokens: [
    "'descr'",
    "'shape'",
    "True",
    "False",
    "(2,)",
    "|O",
    "'<f4'",
    "[('a', '<f4')]",
    "L",
    "__import__('os')",
  ],
});
