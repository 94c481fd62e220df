/** Which grids a map needs: chosen seldom, because new sizes need a new spectrum. */
import {
  CELLS,
  COARSE,
  coarsePoints,
  FINE,
  gridPoints,
  H,
  LONGEST,
  MX,
  MY,
  REACH,
  SEAM,
  SPACING,
  TWO_LEVELS,
  transformSize,
  WIDEST,
  withPadding,
} from "./mesh-plan";

/** Spacings are the first one times powers of this. */
const STEP: f64 = 1.25;

/** How many times as long all pairs may take before a wider spacing is chosen. */
const WIDER_SPACING_PENALTY: f64 = 16;

/** Room for the map to grow before the sizes change. */
const ROOM: f64 = 1.04;

/** Whether grids of this spacing fit into the memory laid for them. */
function fits(plan: usize, spanX: f64, spanY: f64, h: f64): bool {
  const longest = load<u32>(plan, LONGEST);
  if (max(spanX, spanY) / h > <f64>longest) return false;
  const across = sizeFor(spanX / h);
  const down = sizeFor(spanY / h);
  return across <= longest && down <= longest && across * down <= load<u32>(plan, CELLS);
}

/** The size of transform for an extent in spacings, with room to grow. */
function sizeFor(extent: f64): u32 {
  return transformSize(withPadding(gridPoints(extent * ROOM)));
}

/** The spacing for a map: the one asked for, or as much more as the memory asks for. */
export function spacingFor(plan: usize, spanX: f64, spanY: f64): f64 {
  let h = <f64>load<f32>(plan, SPACING);
  while (!fits(plan, spanX, spanY, h)) h *= STEP;
  return h;
}

/** Whether the plan's sizes hold the map, and are not much too large. */
export function sizesFit(plan: usize, spanX: f64, spanY: f64): bool {
  const h = load<f64>(plan, H);
  if (h === 0) return false;
  // a spacing that grew comes back only two steps later
  if (h > <f64>load<f32>(plan, SPACING) && spacingFor(plan, spanX, spanY) * STEP * STEP < h * 1.001)
    return false;
  if (max(spanX, spanY) / h > <f64>load<u32>(plan, LONGEST)) return false;
  const fine = plan + FINE;
  return holds(load<u32>(fine, MX), spanX / h) && holds(load<u32>(fine, MY), spanY / h);
}

function holds(size: u32, extent: f64): bool {
  const need = withPadding(gridPoints(extent));
  return need <= size && size <= need + need / 3 + 32;
}

/** Sets spacing and sizes for a map; one thread. */
export function chooseSizes(plan: usize, spanX: f64, spanY: f64): void {
  const h = spacingFor(plan, spanX, spanY);
  const fine = plan + FINE;
  const coarse = plan + COARSE;
  const across = sizeFor(spanX / h);
  const down = sizeFor(spanY / h);
  store<f64>(plan, h, H);
  store<f64>(plan, max(h, load<f64>(plan, WIDEST)), WIDEST);
  store<u32>(fine, across, MX);
  store<u32>(fine, down, MY);
  // where no two points may be beyond the reach, one grid does
  const two = max(across, down) > 2 * (REACH + 1) - SEAM;
  store<u32>(plan, two ? 1 : 0, TWO_LEVELS);
  store<u32>(coarse, coarseSize(across), MX);
  store<u32>(coarse, coarseSize(down), MY);
}

/** The size of the coarse transform over a fine one; the coarse kernel never ends, so all is padded. */
function coarseSize(fine: u32): u32 {
  return transformSize(2 * coarsePoints(fine - min(fine / 2, REACH)) + 8);
}

/**
 * About how long meshRepulsion takes for n points within spanX x spanY, on one thread, in nanoseconds; WIDER_SPACING_PENALTY
 * times that where the plan's memory asks for a wider spacing, with which the result is less accurate.
 */
export function meshCost(plan: usize, n: u32, spanX: f64, spanY: f64): f64 {
  const h = spacingFor(plan, spanX, spanY);
  const cells = <f64>sizeFor(spanX / h) * <f64>sizeFor(spanY / h);
  const cost = 10000 + 20 * <f64>n + 3 * cells;
  return h > <f64>load<f32>(plan, SPACING) ? WIDER_SPACING_PENALTY * cost : cost;
}
