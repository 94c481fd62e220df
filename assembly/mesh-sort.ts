/** The points' places on the grid, in bands of its rows: a counting sort that keeps their order in each band. */
import {
  BAND,
  BANDS,
  BOX_CHUNK,
  BOXES,
  CHUNK,
  HISTOGRAM,
  SORTED_AT,
  SORTED_U,
  SORTED_V,
} from "./mesh-plan";

/** Stretches of points that are counted apart: at most 32, as many for any number of threads. */
export function stretches(n: u32): u32 {
  return min((n + CHUNK - 1) / CHUNK, 32);
}

function stretchStart(i: u32, n: u32): u32 {
  return min(((n + stretches(n) - 1) / stretches(n)) * i, n);
}

/** Stores the box of points [from, from + BOX_CHUNK): least x, y, greatest x, y. */
export function boxChunk(plan: usize, chunk: u32, X: usize, Y: usize, n: u32): void {
  const from = chunk * BOX_CHUNK;
  const end = min(from + BOX_CHUNK, n);
  let lowX: f32 = f32.MAX_VALUE;
  let lowY: f32 = f32.MAX_VALUE;
  let highX: f32 = -f32.MAX_VALUE;
  let highY: f32 = -f32.MAX_VALUE;
  let i = from;
  if (end - from >= 4) {
    let x0 = f32x4.splat(lowX);
    let y0 = x0;
    let x1 = f32x4.splat(highX);
    let y1 = x1;
    for (; i + 4 <= end; i += 4) {
      const x = v128.load(X + ((<usize>i) << 2));
      const y = v128.load(Y + ((<usize>i) << 2));
      x0 = f32x4.pmin(x0, x);
      y0 = f32x4.pmin(y0, y);
      x1 = f32x4.pmax(x1, x);
      y1 = f32x4.pmax(y1, y);
    }
    lowX = min(
      min(f32x4.extract_lane(x0, 0), f32x4.extract_lane(x0, 1)),
      min(f32x4.extract_lane(x0, 2), f32x4.extract_lane(x0, 3)),
    );
    lowY = min(
      min(f32x4.extract_lane(y0, 0), f32x4.extract_lane(y0, 1)),
      min(f32x4.extract_lane(y0, 2), f32x4.extract_lane(y0, 3)),
    );
    highX = max(
      max(f32x4.extract_lane(x1, 0), f32x4.extract_lane(x1, 1)),
      max(f32x4.extract_lane(x1, 2), f32x4.extract_lane(x1, 3)),
    );
    highY = max(
      max(f32x4.extract_lane(y1, 0), f32x4.extract_lane(y1, 1)),
      max(f32x4.extract_lane(y1, 2), f32x4.extract_lane(y1, 3)),
    );
  }
  for (; i < end; i++) {
    const x = load<f32>(X + ((<usize>i) << 2));
    const y = load<f32>(Y + ((<usize>i) << 2));
    lowX = min(lowX, x);
    lowY = min(lowY, y);
    highX = max(highX, x);
    highY = max(highY, y);
  }
  const box: usize = load<usize>(plan, BOXES) + (chunk << 4);
  store<f32>(box, lowX);
  store<f32>(box + 4, lowY);
  store<f32>(box + 8, highX);
  store<f32>(box + 12, highY);
}

/**
 * A coordinate in spacings: the least is one and a half after the grid's first point, so that four grid points are about
 * it. Subtracted first, so that a map far from the origin loses nothing.
 */
function gridPlace(c: f32, low: f32, perUnit: f32): f32 {
  return (c - low) * perUnit + 1.5;
}

/** The band of a point: of the first of the four rows that it touches. */
function bandOf(y: f32, lowY: f32, perUnit: f32): u32 {
  return (<u32>gridPlace(y, lowY, perUnit) - 1) / BAND;
}

/** Counts a stretch's points by band. */
export function countStretch(
  plan: usize,
  stretch: u32,
  Y: usize,
  n: u32,
  lowY: f32,
  perUnit: f32,
  bands: u32,
): void {
  const counts: usize = load<usize>(plan, HISTOGRAM) + ((<usize>(stretch * bands)) << 2);
  memory.fill(counts, 0, (<usize>bands) << 2);
  const end = stretchStart(stretch + 1, n);
  for (let i = stretchStart(stretch, n); i < end; i++) {
    const at = counts + ((<usize>bandOf(load<f32>(Y + ((<usize>i) << 2)), lowY, perUnit)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** From counts to places: where each band's points begin, and those of each stretch in it. */
export function placeBands(plan: usize, n: u32, bands: u32): void {
  const counts: usize = load<usize>(plan, HISTOGRAM);
  const starts: usize = load<usize>(plan, BANDS);
  let place: u32 = 0;
  for (let band: u32 = 0; band < bands; band++) {
    store<u32>(starts + ((<usize>band) << 2), place);
    for (let stretch: u32 = 0; stretch < stretches(n); stretch++) {
      const at = counts + ((<usize>(stretch * bands + band)) << 2);
      const count = load<u32>(at);
      store<u32>(at, place);
      place += count;
    }
  }
  store<u32>(starts + ((<usize>bands) << 2), place);
}

/** Puts a stretch's points to their places. */
export function sortStretch(
  plan: usize,
  stretch: u32,
  X: usize,
  Y: usize,
  n: u32,
  lowX: f32,
  lowY: f32,
  perUnit: f32,
  bands: u32,
): void {
  const places: usize = load<usize>(plan, HISTOGRAM) + ((<usize>(stretch * bands)) << 2);
  const U: usize = load<usize>(plan, SORTED_U);
  const V: usize = load<usize>(plan, SORTED_V);
  const AT: usize = load<usize>(plan, SORTED_AT);
  const end = stretchStart(stretch + 1, n);
  for (let i = stretchStart(stretch, n); i < end; i++) {
    const y = load<f32>(Y + ((<usize>i) << 2));
    const at = places + ((<usize>bandOf(y, lowY, perUnit)) << 2);
    const place: usize = load<u32>(at);
    store<u32>(at, <u32>place + 1);
    store<f32>(U + (place << 2), gridPlace(load<f32>(X + ((<usize>i) << 2)), lowX, perUnit));
    store<f32>(V + (place << 2), gridPlace(y, lowY, perUnit));
    store<u32>(AT + (place << 2), i);
  }
}
