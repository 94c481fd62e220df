import { expect, test } from "vitest";
import { gram } from "../../src/gram/gram.ts";
import { gramPicture } from "../../src/gram/picture.ts";
import { gramTile } from "../../src/gram/tile.ts";
import { type Matrix, matrix } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";

function rows(n: number, d: number): Matrix {
  const random = new Random(n);
  const X = matrix(n, d);
  for (let e = 0; e < X.data.length; e++) X.data[e] = random.normal();
  return X;
}

test("up to 800 rows it is the Gram matrix", async () => {
  const X = rows(800, 3);
  expect(await gramPicture(X)).toEqual(await gram(X));
});

test("beyond, a picture of at most 800 rows, the mean of all entries kept", async () => {
  const X = rows(4097, 2);
  const picture = await gramPicture(X);
  expect(picture.shape).toEqual([683, 683]); // six rows a pixel
  expect(picture).toEqual(await gramTile(X, { shape: [683, 683] }));
  expect((await gramPicture(rows(801, 2))).shape).toEqual([401, 401]);
});
