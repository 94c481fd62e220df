/**
 * All eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and
 * Van Loan, "Matrix Computations", section 8.5), largest eigenvalue first. Only + - * / and sqrt, so
 * the same bits everywhere, which libraries that call the host's hypot don't promise.
 *
 * @param A (size, size), symmetric; not changed.
 * @returns The eigenvectors as rows.
 */
export function symmetricEigen(
  A: Float64Array,
  size: number,
): { eigenvalues: Float64Array; eigenvectors: Float64Array } {
  const H = A.slice();
  const Q = new Float64Array(size * size);
  for (let i = 0; i < size; i++) Q[i * size + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotated = rotate(H, Q, size, p, q) || rotated;
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => H[b * size + b]! - H[a * size + a]! || a - b,
  );
  return {
    eigenvalues: Float64Array.from(order, (i) => H[i * size + i]!),
    eigenvectors: Float64Array.from(
      order.flatMap((i) => Array.from({ length: size }, (_, k) => Q[k * size + i]!)),
    ),
  };
}

/** Makes H[p, q] zero by one rotation; false if it is negligible already. */
function rotate(H: Float64Array, Q: Float64Array, size: number, p: number, q: number): boolean {
  const off = H[p * size + q]!;
  const hp = H[p * size + p]!;
  const hq = H[q * size + q]!;
  if (Math.abs(off) <= Number.EPSILON * Math.sqrt(Math.abs(hp)) * Math.sqrt(Math.abs(hq))) {
    return false;
  }
  const theta = (hq - hp) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) turn(H, k * size + p, k * size + q, c, s);
  for (let k = 0; k < size; k++) turn(H, p * size + k, q * size + k, c, s);
  for (let k = 0; k < size; k++) turn(Q, k * size + p, k * size + q, c, s);
  return true;
}

function turn(M: Float64Array, a: number, b: number, c: number, s: number): void {
  const x = M[a]!;
  const y = M[b]!;
  M[a] = c * x - s * y;
  M[b] = s * x + c * y;
}
