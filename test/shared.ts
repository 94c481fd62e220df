/** Reads the reference data that lie beside a checkout, where they do. */
import { existsSync, readFileSync } from "node:fs";
import { type Matrix, matrix } from "../src/matrix.ts";

const root = new URL("../../shared/", import.meta.url);

/** Whether the reference data are there; tests on them are skipped where not. */
export const hasShared: boolean = existsSync(root);

export function sharedPath(path: string): string {
  return new URL(path, root).pathname;
}

export function sharedJson<T>(path: string): T {
  return JSON.parse(readFileSync(sharedPath(path), "utf8")) as T;
}

/** A little-endian float32 .npy file, version 1. */
export function sharedNpy(path: string): Matrix {
  const file = readFileSync(sharedPath(path));
  const start = 10 + file.readUInt16LE(8);
  const header = file.subarray(10, start).toString("latin1");
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header);
  if (!header.includes("'<f4'") || shape === null)
    throw new Error(`not float32: ${path}: ${header}`);
  return matrix(Number(shape[1]), Number(shape[2]), floats(file, start));
}

/** The only tensor of a safetensors file, float32. */
export function sharedTensor(path: string, cols: number): Matrix {
  const file = readFileSync(sharedPath(path));
  const data = floats(file, 8 + Number(file.readBigUInt64LE(0)));
  return matrix(data.length / cols, cols, data);
}

/** The first n rows. */
export function head(X: Matrix, n: number): Matrix {
  return matrix(n, X.shape[1], X.data.slice(0, n * X.shape[1]));
}

function floats(file: Buffer, start: number): Float32Array {
  return new Float32Array(
    file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length),
  );
}
