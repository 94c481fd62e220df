import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { crc32 } from "../../../src/model/bytes/crc32.ts";
import { bufferSource } from "../../../src/model/bytes/source.ts";
import { readZip } from "../../../src/model/bytes/zip.ts";
import { openEntry, readEntry } from "../../../src/model/bytes/zip-entry.ts";
import { concat } from "../weights/write-safetensors.ts";
import { type End, type Packed, writeZip } from "./write-zip.ts";
import { one } from "./zip-bad.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const numbers = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);

/** The content of every entry, each read whole. */
async function unpack(archive: Uint8Array): Promise<Map<string, Uint8Array>> {
  const source = bufferSource(archive, "x.zip");
  const entries = await readZip(source, "x.zip");
  const contents = new Map<string, Uint8Array>();
  for (const [name, entry] of entries) {
    contents.set(name, (await readEntry(source, entry, 1 << 20, "x.zip")).bytes);
  }
  return contents;
}

test("crc32 of the check string, in one piece and in two", () => {
  const bytes = new TextEncoder().encode("123456789");
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

describe("valid archives", () => {
  const files: Packed[] = [
    { name: "a/b.txt", data: "hello", padding: 37 },
    { name: "a/", data: "" },
    { name: "empty", data: "" },
    { name: "empty deflated", data: "", deflate: true },
    { name: "€.bin", data: numbers, deflate: true },
    { name: "wide", data: "w".repeat(1000), deflate: true, wide: true },
    {
      name: "no-lengths",
      data: "later",
      lies: { flags: 0x808 },
      own: { flags: 0x808, crc: 0, packed: 0, size: 0 },
    },
    { name: "no-crc", data: "PyTorch can leave it out", lies: { crc: 0 }, own: { crc: 0 } },
  ];

  test.each<[string, End]>([
    ["plain", {}],
    [
      "with a comment",
      { comment: new TextEncoder().encode("PK\u0005\u0006 and more than 22 bytes") },
    ],
    ["with ZIP64's end", { zip64: {} }],
  ])("%s", async (_, end) => {
    const contents = await unpack(writeZip(files, end));
    expect([...contents.keys()]).toEqual(files.map(({ name }) => name).filter((n) => n !== "a/"));
    expect(text(contents.get("a/b.txt")!)).toBe("hello");
    expect(contents.get("€.bin")).toEqual(numbers);
    expect(text(contents.get("wide")!)).toBe("w".repeat(1000));
    expect(text(contents.get("no-lengths")!)).toBe("later");
    expect(contents.get("empty deflated")).toHaveLength(0);
  });

  test("records may lie in another order than the directory, with gaps between them", async () => {
    const [a, b] = [writeZip([{ name: "a", data: "first" }]), "second"];
    const before = concat([a, new Uint8Array(100)]);
    const archive = writeZip([{ name: "b", data: b }], { before });
    const source = bufferSource(archive, "x.zip");
    expect([...(await readZip(source, "x.zip")).keys()]).toEqual(["b"]);
    expect(text((await unpack(archive)).get("b")!)).toBe("second");
  });

  test("an archive of nothing", async () => {
    expect((await unpack(writeZip([]))).size).toBe(0);
  });

  test.each([true, false])("parts of an entry, in any order (deflated: %s)", async (deflate) => {
    const archive = writeZip([{ name: "n", data: numbers, deflate }]);
    const source = bufferSource(archive, "x.zip");
    const entry = (await readZip(source, "x.zip")).get("n")!;
    const place = fc.tuple(fc.nat(numbers.length), fc.nat(numbers.length));
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 4 }), async (places) => {
        const content = await openEntry(source, entry, "x.zip");
        expect(content.byteLength).toBe(numbers.length);
        const parts = await Promise.all(
          places.map(([a, b]) => content.slice(Math.min(a, b), Math.max(a, b))),
        );
        places.forEach(([a, b], i) => {
          const expected = numbers.subarray(Math.min(a, b), Math.max(a, b));
          expect(Buffer.compare(parts[i]!, expected)).toBe(0);
        });
      }),
      { numRuns: 30 },
    );
  });

  test("only the beginning of a deflated entry is unpacked for its beginning", async () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 3_000_000 }, () => {
      state = Math.imul(state, 1664525) + 1013904223;
      return state >>> 24;
    });
    const archive = writeZip([{ name: "n", data: noise, deflate: true }]);
    let read = 0;
    const source = bufferSource(archive);
    const counted: typeof source = {
      ...source,
      slice: (start, end) => {
        read += end - start;
        return source.slice(start, end);
      },
    };
    const entry = (await readZip(source, "x.zip")).get("n")!;
    const content = await openEntry(counted, entry, "x.zip");
    expect(await content.slice(0, 100)).toEqual(noise.slice(0, 100));
    expect(read).toBeLessThan(entry.packed);
  });
});

describe("archives whose source fails", () => {
  test("a fault of the source stays what it is", async () => {
    const source = bufferSource(one(), "x.zip");
    const entry = (await readZip(source, "x.zip")).get("a")!;
    let calls = 0;
    const failing: typeof source = {
      ...source,
      slice: (start, end) => {
        calls++;
        if (calls > 1) return Promise.reject(new Error("the cable is out"));
        return source.slice(start, end);
      },
    };
    const content = await openEntry(failing, entry, "x.zip");
    await expect(content.slice(0, 5)).rejects.toThrow("the cable is out");
  });

  test("an abort ends the unpacking", async () => {
    const source = bufferSource(one(), "x.zip");
    const entry = (await readZip(source, "x.zip")).get("a")!;
    const content = await openEntry(source, entry, "x.zip");
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(content.slice(0, 5, { signal })).rejects.toThrow("enough");
    expect(text(await content.slice(0, 5))).toBe("hello");
  });
});

describe("fuzz", () => {
  const valid = [
    one(),
    one({ deflate: false }),
    one({ wide: true }, { zip64: {} }),
    writeZip([
      { name: "a", data: "1" },
      { name: "b/c", data: numbers.subarray(0, 999), deflate: true },
    ]),
  ];

  test("changed bytes end in the content or a FormatError", async () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const changes = fc.array(change, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...valid),
        changes,
        fc.nat(),
        async (archive, edits, cut) => {
          let bytes = archive.slice();
          for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
          if (cut % 5 === 0) bytes = bytes.slice(0, cut % bytes.length);
          await unpack(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
        },
      ),
      { numRuns: 3000 },
    );
  });
});
