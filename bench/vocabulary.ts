/**
 * Rows like a language model's token embeddings, from a seed: what can be timed without a download.
 *
 * Every row is mean + scale * (topic + family + own part). Topics are Zipf-sized clusters; families are
 * the few spellings of one word, and lie closer; a few rows nearly stand still at the mean, as tokens that
 * training never saw do, and so are near to many (hubs). Each part's spectrum falls slowly, in axes that a
 * random rotation spreads over all columns. At 50,257 x 768 the numbers are near GPT-2 small's: rows of
 * length 3 to 4, the mean more than half as long, and, centred, the first 100 of 768 principal components
 * hold about 40 % of the variance.
 */

import { rangeError } from "../src/errors.ts";
import { exp, log } from "../src/math.ts";
import { Random } from "../src/random.ts";
import { randomRotation } from "./rotation.ts";

/** What a bench matrix is made from. */
export interface VocabularyShape {
  readonly n: number;
  readonly d: number;
  readonly seed: number;
}

/** Length of the mean row, and of what a row of scale 1 adds to it. */
const MEAN_LENGTH = 2.1;
const SPREAD = 3.1;
/** Each part's share of the variance, and the power by which its spectrum falls. */
const TOPIC = { share: 0.3, power: 0.7 };
const FAMILY = { share: 0.32, power: 0.5 };
const OWN = { share: 0.38, power: 0.4 };
/** One row in so many is a hub; how far hubs are from the mean, of a row's usual distance. */
const HUB_EVERY = 2500;
const HUB_SCALE = 0.6;
const STREAMS = 0x9e3779b1; // odd: families get different seeds

/**
 * Writes row i into `out` (d values). The rows depend on (n, d, seed) alone, in whatever order they are
 * asked for.
 *
 * @throws {RangeError} unless n and d are whole numbers above 0.
 */
export function vocabularyRows({
  n,
  d,
  seed,
}: VocabularyShape): (i: number, out: Float32Array) => void {
  if (![n, d].every((size) => Number.isInteger(size) && size > 0)) {
    throw rangeError(`vocabularyRows: expected whole numbers of rows and columns, got ${n} x ${d}`);
  }
  const random = new Random(seed);
  const rotate = randomRotation(d, random);
  const mean = new Float64Array(d);
  addNormal(mean, scales(d, MEAN_LENGTH, 0.5), random);
  const topics = topicCentres(n, d, random);
  const family = familyOfRows(n, random);
  const topicOfFamily = zipfDraws(n, topics.length, random);
  const scale = rowScales(n, random);

  const familyScales = scales(d, SPREAD * Math.sqrt(FAMILY.share), FAMILY.power);
  const ownScales = scales(d, SPREAD * Math.sqrt(OWN.share), OWN.power);
  const row = new Float64Array(d);
  return (i, out) => {
    const f = family[i]!;
    row.set(topics[topicOfFamily[f]!]!);
    addNormal(row, familyScales, new Random((seed ^ Math.imul(2 * f + 1, STREAMS)) >>> 0));
    addNormal(row, ownScales, new Random((seed ^ Math.imul(2 * i + 2, STREAMS)) >>> 0));
    for (let c = 0; c < d; c++) row[c] = mean[c]! + scale[i]! * row[c]!;
    rotate(row);
    out.set(row);
  };
}

/** Standard deviations by axis, falling as (axis + 5)^-power/2, for vectors of about this length. */
function scales(d: number, length: number, power: number): Float64Array {
  const variances = Float64Array.from({ length: d }, (_, c) => exp(-power * log(c + 5)));
  const sum = variances.reduce((total, variance) => total + variance, 0);
  return variances.map((variance) => length * Math.sqrt(variance / sum));
}

/**
 * Adds numbers that are normal enough: the sum of a word's four bytes, standardised. It ends at 3.5
 * standard deviations; one word a number makes 50,257 x 768 a matter of seconds.
 */
function addNormal(row: Float64Array, scale: Float64Array, random: Random): void {
  const deviation = Math.sqrt((4 * (256 * 256 - 1)) / 12);
  for (let c = 0; c < row.length; c++) {
    const word = random.uint32();
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    row[c]! += ((sum - 510) / deviation) * scale[c]!;
  }
}

function topicCentres(n: number, d: number, random: Random): Float64Array[] {
  const topicScales = scales(d, SPREAD * Math.sqrt(TOPIC.share), TOPIC.power);
  return Array.from({ length: Math.max(2, Math.round(2 * Math.sqrt(n))) }, () => {
    const centre = new Float64Array(d);
    addNormal(centre, topicScales, random);
    return centre;
  });
}

/** The family of every row: runs of 1 to 6 rows, two in three of one, put in random order. */
function familyOfRows(n: number, random: Random): Int32Array {
  const families = new Int32Array(n);
  for (let i = 0, family = 0; i < n; family++) {
    const size = random.below(3) < 2 ? 1 : 2 + random.below(5);
    for (const end = Math.min(i + size, n); i < end; i++) families[i] = family;
  }
  return random.shuffle(families);
}

/** So many draws of 0, 1, ..., k - 1, rank r with a weight of 1 / (r + 3). */
function zipfDraws(count: number, k: number, random: Random): Int32Array {
  const ends = new Float64Array(k);
  for (let r = 0, sum = 0; r < k; r++) {
    sum += 1 / (r + 3);
    ends[r] = sum;
  }
  return Int32Array.from({ length: count }, () => {
    const at = random.uniform() * ends[k - 1]!;
    let [low, high] = [0, k - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! > at) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}

function rowScales(n: number, random: Random): Float64Array {
  const scale = Float64Array.from({ length: n }, () => Math.max(0.75, 1 + 0.08 * random.normal()));
  for (let hubs = Math.ceil(n / HUB_EVERY); hubs > 0; hubs--) scale[random.below(n)] = HUB_SCALE;
  return scale;
}
