/** Which of the two ways to repulsion an iteration takes: over all pairs, or by the mesh. */
import { meshRepulsion } from "./mesh";
import { meshCost } from "./mesh-sizes";
import { BOXES, FORCES, MAP, MESH, N, STRIDE, word } from "./tsne-state";
import { stretchCount } from "./tsne-update";

/** Nanoseconds for one unordered pair, on one thread. */
const PAIR_COST: f64 = 0.45;
/** Maps larger than this have no mesh. */
const LARGEST: f64 = 1e6;

/** Whether the mesh is the faster way for the map as it is: by its size alone, so on any number of threads alike. */
export function takesMesh(state: usize): bool {
  const mesh = <usize>word(state, MESH);
  if (mesh === 0) return false;
  let box = <usize>word(state, BOXES);
  const end = box + ((<usize>stretchCount(state)) << 4);
  let lowX = load<f32>(box);
  let highX = load<f32>(box, 4);
  let lowY = load<f32>(box, 8);
  let highY = load<f32>(box, 12);
  for (; box < end; box += 16) {
    lowX = min(lowX, load<f32>(box));
    highX = max(highX, load<f32>(box, 4));
    lowY = min(lowY, load<f32>(box, 8));
    highY = max(highY, load<f32>(box, 12));
  }
  const spanX = <f64>highX - <f64>lowX;
  const spanY = <f64>highY - <f64>lowY;
  if (!(spanX < LARGEST && spanY < LARGEST)) return false; // NaN neither
  const n = <f64>word(state, N);
  return meshCost(mesh, word(state, N), spanX, spanY) < PAIR_COST * 0.5 * n * n;
}

/** Repulsion by the mesh into the first array of forces, on all threads; returns Z. */
export function meshForces(state: usize, thread: u32, threads: u32): f64 {
  const stride = <usize>word(state, STRIDE);
  const map = <usize>word(state, MAP);
  const forces = <usize>word(state, FORCES);
  const n = word(state, N);
  return meshRepulsion(
    word(state, MESH),
    map,
    map + stride,
    n,
    forces,
    forces + stride,
    thread,
    threads,
  );
}
