/**
 * The natural logarithm of src/math.ts, operation by operation, so that both give the same bits: fdlibm's
 * method and coefficients (Sun Microsystems, 1993, `e_log.c`), below 1 ulp.
 */

const LN2_HIGH: f64 = 0.6931471803691238; // 33 bits of ln 2
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT2: f64 = Math.SQRT2;

const MANTISSA: i64 = 0x000fffffffffffff;
const ONE: i64 = 0x3ff0000000000000;

/** log x for any x: -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: f64): f64 {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let k: f64 = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: out of the subnormals
    k = -54;
  }
  const bits = reinterpret<i64>(x);
  k += <f64>(<i32>(bits >>> 52) - 1023);
  let m = reinterpret<f64>((bits & MANTISSA) | ONE);
  if (m > SQRT2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  // prettier would make a staircase of this polynomial
  let R: f64 = 0.15313837699209373 + z * 0.14798198605116586;
  R = 0.1818357216161805 + z * R;
  R = 0.22222198432149784 + z * R;
  R = 0.2857142874366239 + z * R;
  R = 0.3999999999940942 + z * R;
  R = z * (0.6666666666666735 + z * R);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + R) + k * LN2_LOW) - f);
}

/** log of two numbers, which must be at least 1 and finite: the same bits as `log`. */
export function logOfTwo(x: v128): v128 {
  // a whole number below 2^52, put into the mantissa of 2^52, is 2^52 plus that number
  const magic = i64x2.splat(0x4330000000000000);
  const exponent = f64x2.sub(v128.or(i64x2.shr_u(x, 52), magic), f64x2.splat(4503599627370496));
  const scaled = v128.or(v128.and(x, i64x2.splat(MANTISSA)), i64x2.splat(ONE));
  const above = f64x2.gt(scaled, f64x2.splat(SQRT2));
  const m = v128.bitselect(f64x2.mul(scaled, f64x2.splat(0.5)), scaled, above);
  const k = f64x2.add(f64x2.sub(exponent, f64x2.splat(1023)), v128.and(above, f64x2.splat(1)));
  const f = f64x2.sub(m, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  let R = horner(0.15313837699209373, z, f64x2.splat(0.14798198605116586));
  R = horner(0.1818357216161805, z, R);
  R = horner(0.22222198432149784, z, R);
  R = horner(0.2857142874366239, z, R);
  R = horner(0.3999999999940942, z, R);
  R = f64x2.mul(z, horner(0.6666666666666735, z, R));
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const low = f64x2.add(f64x2.mul(s, f64x2.add(half, R)), f64x2.mul(k, f64x2.splat(LN2_LOW)));
  return f64x2.sub(f64x2.mul(k, f64x2.splat(LN2_HIGH)), f64x2.sub(f64x2.sub(half, low), f));
}

function horner(coefficient: f64, z: v128, rest: v128): v128 {
  return f64x2.add(f64x2.splat(coefficient), f64x2.mul(z, rest));
}

/** For tests: log of `count` numbers; with `pairs`, two at a time (an even count of numbers of at least 1). */
export function logCheck(x: usize, out: usize, count: u32, pairs: u32): void {
  const end = x + ((<usize>count) << 3);
  if (pairs === 0) {
    for (; x < end; x += 8, out += 8) store<f64>(out, log(load<f64>(x)));
  } else {
    for (; x < end; x += 16, out += 16) v128.store(out, logOfTwo(v128.load(x)));
  }
}
