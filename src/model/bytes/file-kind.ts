const POINTER = "version https://git-lfs";
const POINTER_KIND =
  "a Git LFS pointer, not the file itself: in a clone run git lfs pull; on the hub the repository itself holds the pointer, which its owner has to replace";
const PAGE_KIND = "an HTML page (from a proxy or a sign-in page?)";

/** First bytes of files that are often saved or named as something else, and what to do about them. */
const SIGNATURES: readonly (readonly [bytes: readonly number[] | string, kind: string])[] = [
  [POINTER, POINTER_KIND],
  [
    "PK\u0003\u0004",
    "a ZIP archive (a checkpoint of PyTorch? name it .pt; arrays of NumPy? name them .npz)",
  ],
  ["PK\u0005\u0006", "an empty ZIP archive"],
  ["GGUF", "a GGUF file: name it .gguf"],
  ["%PDF", "a PDF document"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file, which Tokenscape does not read"],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "a NumPy .npy file: name it so"],
  [[0x1f, 0x8b], "a gzip archive: unpack it"],
];

/**
 * What a file seems to be that is not what its name says, as the end of a sentence that begins
 * "this is"; undefined if it looks like nothing known.
 *
 * @param head The first bytes of the file; 512 are enough.
 */
export function fileKind(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head.subarray(0, 512));
  if (/^\s*<(!doctype html|html|head|body|\?xml)/i.test(text)) {
    return PAGE_KIND;
  }
  for (const [bytes, kind] of SIGNATURES) {
    const start = typeof bytes === "string" ? bytes : String.fromCharCode(...bytes);
    if (text.startsWith(start)) return kind;
  }
  // a pickle begins with its protocol, 2 to 5, after the byte 0x80
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) {
    return "a Python pickle: of PyTorch's, those that torch.save wrote are read, named .pt or .bin";
  }
  if (/^\s*[{[]/.test(text)) return "JSON text";
  if (head.length > 0 && head.every((byte) => byte === 0))
    return "empty: it begins with zeros only";
  return undefined;
}

/**
 * As `fileKind`, of a file whose every line may be anything: only what no list of names begins with, as a
 * token may well be `<html>` or `GGUF`.
 */
export function placeholderKind(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head.subarray(0, 512)).replace(/^\u00ef\u00bb\u00bf/, "");
  if (text.startsWith(POINTER)) return POINTER_KIND;
  return /^\s*<(?:!doctype html|html\s+[a-z-]+=)/i.test(text) ? PAGE_KIND : undefined;
}
