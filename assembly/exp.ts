/**
 * The exponential of src/math.ts, operation by operation, so that both give the same bits: fdlibm's method
 * and coefficients (Sun Microsystems, 1993, `e_exp.c`), below 1 ulp.
 */

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const INVERSE_LN2: f64 = Math.LOG2E;

const E1: f64 = 0.16666666666666602;
const E2: f64 = -0.0027777777777015593;
const E3: f64 = 0.00006613756321437934;
const E4: f64 = -0.0000016533902205465252;
const E5: f64 = 4.1381367970572385e-8;

/** Below this the result is 0. */
const ZERO_BELOW: f64 = -745.1332191019411;
/** From here on the result is a normal number. */
const NORMAL_FROM: f64 = -707.0;

/** e to the power x; 0 below -745.14, Infinity above 709.78, NaN for NaN. */
export function exp(x: f64): f64 {
  if (!(x <= 709.782712893384)) return x > 0 ? Infinity : NaN;
  if (x < ZERO_BELOW) return 0;
  const k = floor<f64>(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c = r - t * (E1 + t * (E2 + t * (E3 + t * (E4 + t * E5))));
  const y = 1.0 - (low - (r * c) / (2.0 - c) - high);
  if (k < -1021) return y * powerOfTwo(<i32>k + 1000) * 9.332636185032189e-302;
  return k === 1024 ? y * 2.0 * powerOfTwo(1023) : y * powerOfTwo(<i32>k);
}

/** exp of two numbers, none of them above 0 or NaN. */
export function expOfNegatives(x: v128): v128 {
  const gone = f64x2.lt(x, f64x2.splat(ZERO_BELOW));
  const small = f64x2.lt(x, f64x2.splat(NORMAL_FROM));
  // subnormal results are scaled in two steps, which is left to the one above
  if (v128.any_true(v128.andnot(small, gone))) {
    return f64x2.replace_lane(
      f64x2.splat(exp(f64x2.extract_lane(x, 0))),
      1,
      exp(f64x2.extract_lane(x, 1)),
    );
  }
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(INVERSE_LN2)), f64x2.splat(0.5)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const low = f64x2.mul(k, f64x2.splat(LN2_LOW));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let p = f64x2.add(f64x2.splat(E4), f64x2.mul(t, f64x2.splat(E5)));
  p = f64x2.add(f64x2.splat(E3), f64x2.mul(t, p));
  p = f64x2.add(f64x2.splat(E2), f64x2.mul(t, p));
  p = f64x2.add(f64x2.splat(E1), f64x2.mul(t, p));
  const c = f64x2.sub(r, f64x2.mul(t, p));
  const q = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2.0), c));
  const y = f64x2.sub(f64x2.splat(1.0), f64x2.sub(f64x2.sub(low, q), high));
  const power = i32x4.add(i32x4.trunc_sat_f64x2_s_zero(k), i32x4.splat(1023));
  const scale = i64x2.shl(i64x2.extend_low_i32x4_s(power), 52);
  return v128.andnot(f64x2.mul(y, scale), gone);
}

/** 2 to the power k, exactly, for k in [-1022, 1023]. */
export function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<i64>(k + 1023)) << 52);
}

/** For tests: exp of `count` numbers; with `pairs`, two at a time (an even count of numbers of at most 0). */
export function expCheck(x: usize, out: usize, count: u32, pairs: u32): void {
  const end = x + ((<usize>count) << 3);
  if (pairs === 0) {
    for (; x < end; x += 8, out += 8) store<f64>(out, exp(load<f64>(x)));
  } else {
    for (; x < end; x += 16, out += 16) v128.store(out, expOfNegatives(v128.load(x)));
  }
}
