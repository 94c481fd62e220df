/**
 * Our own exp and log. The host's differ between engines (Node 20 and Chromium 156 disagree in the
 * last bit), and t-SNE is chaotic: one bit changes the map. These use only operations that IEEE 754
 * fixes, so every engine gives the same bits. Error below 1 ulp of the exact value (measured against
 * exact arithmetic in the tests: under 0.9 ulp).
 *
 * Method and coefficients: fdlibm 5.3 (Sun Microsystems, 1993), `e_exp.c` and `e_log.c`. Ours differ in
 * scaling results below 2^-1022 by two exact factors, and in having no separate paths for tiny x.
 */

const LN2_HIGH = 0.6931471803691238; // 33 bits of ln 2, so that k * LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10; // ln 2 - LN2_HIGH
const INVERSE_LN2 = Math.LOG2E;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
// the word that holds sign and exponent, on this machine's byte order
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** e to the power x; 0 below -745.14, Infinity above 709.78, NaN for NaN. */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (x < -745.1332191019411) return 0;

  // x = k ln 2 + r with |r| <= ln 2 / 2; r kept as high - low
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;

  // exp(r) = 1 + r + r c / (2 - c), c a polynomial in r^2 (Remez, error below 2^-59)
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t *
              (0.00006613756321437934 +
                t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);

  // two factors below the normal range, where one power of two does not exist
  if (k < -1021) return y * powerOfTwo(k + 1000) * 9.332636185032189e-302;
  return k === 1024 ? y * 2 * powerOfTwo(1023) : y * powerOfTwo(k);
}

/** Natural logarithm of x; -Infinity for 0, NaN below 0 and for NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;

  // x = 2^k (1 + f) with sqrt(1/2) < 1 + f < sqrt(2)
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: out of the subnormals
    k = -54;
  }
  float[0] = x;
  k += (words[HIGH]! >>> 20) - 1023;
  words[HIGH] = (words[HIGH]! & 0xfffff) | 0x3ff00000;
  let m = float[0];
  if (m > Math.SQRT2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;

  // log(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f / (2 + f), R a polynomial in s^2 (error below 2^-58)
  const s = f / (2 + f);
  const z = s * s;
  const R =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z *
                (0.22222198432149784 +
                  z *
                    (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + R) + k * LN2_LOW) - f);
}

/** 2 to the power k, exactly, for whole k in [-1022, 1023]. */
export function powerOfTwo(k: number): number {
  words[HIGH] = (k + 1023) << 20;
  words[1 - HIGH] = 0;
  return float[0]!;
}
