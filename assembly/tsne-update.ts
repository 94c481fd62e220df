/**
 * One step against the gradient: momentum, and a gain for every coordinate that grows by 0.2 while the gradient
 * keeps its direction and shrinks to 0.8 where it turns (Jacobs 1988; constants as in scikit-learn 1.9).
 */
import {
  ATTRACTION,
  AXES,
  BOXES,
  EXAGGERATION,
  FORCES,
  firstLanes,
  GAINS,
  LEARNING_RATE,
  MAP,
  MAX_STEP,
  MOMENTUM,
  N,
  number,
  PLACES,
  STRIDE,
  sumOfFour,
  UPDATE,
  UPDATE_SUMS,
  word,
} from "./tsne-state";

/** Points in a stretch. */
const STRETCH: u32 = 1024;

/** How many stretches of points there are. */
export function stretchCount(state: usize): u32 {
  return (word(state, N) + STRETCH - 1) / STRETCH;
}

/**
 * Moves the points of one stretch, and writes the square of their gradient's norm, after the gains, into the update sums.
 *
 * @param Z The sum of w over ordered pairs.
 * @param arrays How many arrays of forces there are to add.
 */
export function moveStretch(state: usize, stretch: u32, Z: f64, arrays: u32): void {
  const stride = <usize>word(state, STRIDE);
  const axes = word(state, AXES);
  const exaggeration = f32x4.splat(<f32>(4 * number(state, EXAGGERATION)));
  const overZ = f32x4.splat(Z > 0 ? <f32>(4 / Z) : 0);
  const momentum = f32x4.splat(<f32>number(state, MOMENTUM));
  const rate = f32x4.splat(<f32>number(state, LEARNING_RATE));
  const limit = <f32>number(state, MAX_STEP);
  const each = stride * axes;
  const from = (<usize>(stretch * STRETCH)) << 2;
  const end = min(<usize>((stretch + 1) * STRETCH), <usize>((word(state, N) + 3) & ~3)) << 2;
  const update = <usize>word(state, UPDATE);
  let norm = f32x4.splat(0);
  for (let at = from; at < end; at += 4 << 2) {
    let length = f32x4.splat(0);
    for (let axis = at; axis < at + each; axis += stride) {
      // the gradient: 4 (exaggeration * attraction - repulsion / Z)
      let repulsion = f32x4.splat(0);
      let force = <usize>word(state, FORCES) + axis;
      for (let a: u32 = 0; a < arrays; a++, force += each) {
        repulsion = f32x4.add(repulsion, v128.load(force));
      }
      const attraction = v128.load(<usize>word(state, ATTRACTION) + axis);
      const gradient = f32x4.sub(f32x4.mul(exaggeration, attraction), f32x4.mul(overZ, repulsion));
      const before = v128.load(update + axis);
      const gained = f32x4.mul(gradient, gains(state, axis, f32x4.mul(before, gradient)));
      norm = f32x4.add(norm, f32x4.mul(gained, gained));
      const moved = f32x4.sub(f32x4.mul(momentum, before), f32x4.mul(rate, gained));
      v128.store(update + axis, moved);
      length = f32x4.add(length, f32x4.mul(moved, moved));
    }
    // steps longer than the limit keep their direction
    const long = f32x4.gt(length, f32x4.splat(limit * limit));
    const shorter = f32x4.div(f32x4.splat(limit), f32x4.sqrt(length));
    const scale = v128.bitselect(shorter, f32x4.splat(1), long);
    for (let axis = at; axis < at + each; axis += stride) {
      const moved = f32x4.mul(v128.load(update + axis), scale);
      v128.store(update + axis, moved);
      const map = <usize>word(state, MAP) + axis;
      v128.store(map, f32x4.add(v128.load(map), moved));
    }
  }
  if (axes === 2) placeStretch(state, stretch);
  store<f64>(<usize>word(state, UPDATE_SUMS) + (stretch << 3), <f64>sumOfFour(norm));
}

/** The new gains of four points on an axis; `agreement` is below 0 where the gradient asks to go on as before. */
function gains(state: usize, axis: usize, agreement: v128): v128 {
  const at = <usize>word(state, GAINS) + axis;
  const before = v128.load(at);
  const turned = f32x4.ge(agreement, f32x4.splat(0));
  const after = f32x4.max(
    f32x4.splat(0.01),
    v128.bitselect(
      f32x4.mul(before, f32x4.splat(0.8)),
      f32x4.add(before, f32x4.splat(0.2)),
      turned,
    ),
  );
  v128.store(at, after);
  return after;
}

/** Puts the two coordinates of the points of a stretch side by side, for the attraction, and finds their box. */
export function placeStretch(state: usize, stretch: u32): void {
  const stride = <usize>word(state, STRIDE);
  const map = <usize>word(state, MAP);
  const n = word(state, N);
  const from = (<usize>(stretch * STRETCH)) << 2;
  const end = (<usize>min((stretch + 1) * STRETCH, n)) << 2;
  let lowX = v128.load_splat<f32>(map + from);
  let lowY = v128.load_splat<f32>(map + from + stride);
  let highX = lowX;
  let highY = lowY;
  for (let at = from; at < end; at += 4 << 2) {
    const x = v128.load(map + at);
    const y = v128.load(map + at + stride);
    const places = <usize>word(state, PLACES) + 2 * at;
    v128.store(places, v128.shuffle<f32>(x, y, 0, 4, 1, 5));
    v128.store(places, v128.shuffle<f32>(x, y, 2, 6, 3, 7), 16);
    const inside = firstLanes(<u32>((end - at) >> 2));
    lowX = v128.bitselect(f32x4.min(lowX, x), lowX, inside);
    lowY = v128.bitselect(f32x4.min(lowY, y), lowY, inside);
    highX = v128.bitselect(f32x4.max(highX, x), highX, inside);
    highY = v128.bitselect(f32x4.max(highY, y), highY, inside);
  }
  const box = <usize>word(state, BOXES) + ((<usize>stretch) << 4);
  store<f32>(box, -largest(f32x4.neg(lowX)));
  store<f32>(box, largest(highX), 4);
  store<f32>(box, -largest(f32x4.neg(lowY)), 8);
  store<f32>(box, largest(highY), 12);
}

function largest(four: v128): f32 {
  return max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}
