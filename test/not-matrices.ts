/** What people pass where a matrix of float32 is expected, each with its name. */
export const notMatrices: readonly (readonly [name: string, value: unknown])[] = [
  [
    "nested lists",
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ["one dimension", { data: new Float32Array(6), shape: [6] }],
  ["float64", { data: new Float64Array(6), shape: [3, 2] }],
  ["integers", { data: new Int32Array(6), shape: [3, 2] }],
  ["strings", { data: ["a", "b", "c", "d"], shape: [2, 2] }],
  ["complex numbers", { data: [{ re: 1, im: 2 }], shape: [1, 1] }],
  ["an object", {}],
  ["nothing", undefined],
  ["null", null],
];
