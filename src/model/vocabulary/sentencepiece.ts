/**
 * SentencePiece's `.model` files: a protocol buffer of which the pieces are read and the rest is passed
 * over (`sentencepiece_model.proto` in github.com/google/sentencepiece). Nothing is tokenized.
 */
import { quoted } from "../bytes/display.ts";
import { faultAt } from "../bytes/fault.ts";
import { fileKind } from "../bytes/file-kind.ts";
import { protobufFields, WireType } from "../bytes/protobuf.ts";
import { decodeUtf8 } from "../bytes/utf8.ts";
import { numberPieces } from "./sentencepiece-ids.ts";
import { BYTE_TOKEN, SENTENCE_PIECE, spelledBy } from "./token-spelling.ts";
import { type TokenEntry, type TokenTable, TokenTableBuilder } from "./token-table.ts";
import type { TokenNames } from "./tokenizer-config.ts";

/** A piece as the file has it. */
export interface SentencePiece {
  readonly text: string;
  readonly kind: TokenEntry["kind"];
  /** Where it stands in the file, in bytes. */
  readonly offset: number;
}

const PIECES = 1; // of ModelProto
const TEXT = 1; // of SentencePiece
const TYPE = 3;

/** `SentencePiece.Type`; user-defined and unused pieces are spelt as normal ones. */
const KINDS: ReadonlyMap<number, TokenEntry["kind"]> = /* @__PURE__ */ new Map([
  [1, "normal"],
  [2, "special"], // UNKNOWN
  [3, "special"], // CONTROL
  [4, "normal"], // USER_DEFINED
  [5, "normal"], // UNUSED
  [6, "byte"],
]);

/** A file of 100 MB could hold far more pieces than memory does; the largest have a million. */
const MOST_PIECES = 2_000_000;

/**
 * The vocabulary of a SentencePiece model. A piece's id is its place in the file, but for the classes that
 * `sentencepiece-ids.ts` knows.
 *
 * @param file What the file is called in errors.
 * @throws {FormatError} if the file is broken; {UnsupportedError} if it can't be told how pieces are numbered.
 */
export function readSentencePiece(bytes: Uint8Array, file: string, names: TokenNames): TokenTable {
  const builder = new TokenTableBuilder(file, Number);
  for (const { id, content, kind, offset } of numberPieces(readPieces(bytes, file), file, names)) {
    const isSpecial = kind === "normal" && names.special.has(content);
    builder.add(id, content, isSpecial ? "special" : kind, offset);
  }
  names.addTo(builder);
  return builder.table(spelledBy(SENTENCE_PIECE));
}

/** @throws {FormatError} if the file is broken, or has no pieces. */
function readPieces(bytes: Uint8Array, file: string): readonly SentencePiece[] {
  const kind = fileKind(bytes.subarray(0, 512));
  if (kind !== undefined) {
    throw faultAt(file, 0, `expected a SentencePiece model, but this is ${kind}`);
  }
  const pieces: SentencePiece[] = [];
  for (const { field, type, start, end } of protobufFields(bytes, 0, bytes.length, file)) {
    if (field !== PIECES || type !== WireType.bytes) continue;
    if (pieces.length === MOST_PIECES)
      throw faultAt(file, start, `more than ${MOST_PIECES} pieces`);
    pieces.push(readPiece(bytes, start, end, file));
  }
  if (pieces.length === 0) throw faultAt(file, 0, "expected a SentencePiece model, got no pieces");
  return pieces;
}

function readPiece(bytes: Uint8Array, start: number, end: number, file: string): SentencePiece {
  let text = "";
  let type = 1;
  for (const field of protobufFields(bytes, start, end, file)) {
    if (field.field === TEXT && field.type === WireType.bytes) {
      text = decodeUtf8(bytes.subarray(field.start, field.end), file, {
        offset: field.start,
        what: "the piece",
        keepMark: true,
      });
    } else if (field.field === TYPE && field.type === WireType.varint) {
      type = field.value;
    }
  }
  const kind = KINDS.get(type);
  if (text === "") throw faultAt(file, start, "a piece without text");
  if (kind === undefined) throw faultAt(file, start, `piece ${quoted(text)}: unknown type ${type}`);
  if (kind === "byte" && !BYTE_TOKEN.test(text)) {
    throw faultAt(file, start, `expected a byte such as "<0x0A>", got ${quoted(text)}`);
  }
  return { text, kind, offset: start };
}
