import { expect, test } from "vitest";
import { UnsupportedError } from "../../src/errors.ts";
import { bufferSource } from "../../src/model/bytes/source.ts";
import { storedModel } from "../../src/model/stored-model.ts";
import { createVocabulary } from "../../src/model/vocabulary/vocabulary.ts";

test("rows whose numbers do not fit 32 bits are refused, not taken for others", () => {
  const open = (rows: number) =>
    storedModel(
      { source: bufferSource(new Uint8Array()), start: 0, dtype: "F16", shape: [rows, 1] },
      { name: "m", revision: null, fetched: null },
      { tensor: "t", tensors: [], vocabulary: createVocabulary(rows, null), notes: [] },
    );
  expect(open(2 ** 31 - 1).shape).toEqual([2 ** 31 - 1, 1]);
  expect(() => open(2 ** 31)).toThrow(UnsupportedError);
});
