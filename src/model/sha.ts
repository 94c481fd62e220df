/** SHA-1 and SHA-256 (FIPS 180-4), for pages that the engine keeps its own from: those of plain http. */
/** What `crypto.subtle.digest` gives, without it. */
export function plainDigest(name: "SHA-256" | "SHA-1", bytes: Uint8Array): Uint8Array {
  const isLong = name === "SHA-256";
  const state = Uint32Array.from(isLong ? roots(2, 8) : SHA1_START);
  const added = isLong ? roots(3, 64) : Uint32Array.from(SHA1_ADDED);
  const message = new DataView(padded(bytes).buffer);
  const words = new Uint32Array(80);
  for (let at = 0; at < message.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = message.getUint32(at + 4 * i);
    (isLong ? addSha256 : addSha1)(state, words, added);
  }
  const digest = new DataView(new ArrayBuffer(4 * state.length));
  state.forEach((word, i) => {
    digest.setUint32(4 * i, word);
  });
  return new Uint8Array(digest.buffer);
}

/** A bit that is set, zeros, and the length in bits, up to a multiple of 64 bytes. */
function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Math.ceil((bytes.length + 9) / 64) * 64;
  const whole = new Uint8Array(length);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  new DataView(whole.buffer).setBigUint64(length - 8, 8n * BigInt(bytes.length));
  return whole;
}

const SHA1_START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const SHA1_ADDED = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

const turned = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

function addSha1(state: Uint32Array, words: Uint32Array, added: Uint32Array): void {
  for (let i = 16; i < 80; i++) {
    words[i] = turned(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1);
  }
  let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
  for (let i = 0; i < 80; i++) {
    const round = Math.floor(i / 20);
    const mixed =
      round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const next = (turned(a, 5) + mixed + e + added[round]! + words[i]!) | 0;
    [a, b, c, d, e] = [next, a, turned(b, 30), c, d];
  }
  [a, b, c, d, e].forEach((word, i) => {
    state[i]! += word;
  });
}

function addSha256(state: Uint32Array, words: Uint32Array, added: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const [x, y] = [words[i - 15]!, words[i - 2]!];
    const first = turned(x, 25) ^ turned(x, 14) ^ (x >>> 3);
    const second = turned(y, 15) ^ turned(y, 13) ^ (y >>> 10);
    words[i] = words[i - 16]! + first + words[i - 7]! + second;
  }
  let [a, b, c, d] = state as unknown as [number, number, number, number];
  let [e, f, g, h] = state.subarray(4) as unknown as [number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const one = turned(e, 26) ^ turned(e, 21) ^ turned(e, 7);
    const chosen = (e & f) ^ (~e & g);
    const sum = (h + one + chosen + added[i]! + words[i]!) | 0;
    const zero = turned(a, 30) ^ turned(a, 19) ^ turned(a, 10);
    const most = (a & b) ^ (a & c) ^ (b & c);
    [a, b, c, d, e, f, g, h] = [(sum + zero + most) | 0, a, b, c, (d + sum) | 0, e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i]! += word;
  });
}

/**
 * The first 32 bits behind the point of the square or cube roots of the first primes, which SHA-256 takes
 * its numbers from.
 */
function roots(power: 2 | 3, count: number): Uint32Array {
  const words: number[] = [];
  for (let n = 2n; words.length < count; n++) {
    let isPrime = true;
    for (let factor = 2n; factor * factor <= n; factor++) isPrime &&= n % factor !== 0n;
    if (isPrime) words.push(Number(wholeRoot(n << BigInt(32 * power), power) & 0xffffffffn));
  }
  return Uint32Array.from(words);
}

/** The largest whole number whose square or cube is not larger than this. */
function wholeRoot(value: bigint, power: 2 | 3): bigint {
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) {
    const tried = root + bit;
    if (tried * tried * (power === 3 ? tried : 1n) <= value) root = tried;
  }
  return root;
}
