/** Whether a file's bytes are those that its hash on the hub names. */
import { joinBytes } from "../bytes/source.ts";

/**
 * Holds bytes against an ETag of the hub: 64 hexadecimal digits are the sha256 of the content, 40 are
 * git's blob hash or, at stores that stand in for the hub (Artifactory), the content's plain SHA-1.
 *
 * @returns undefined if the ETag is neither, so that nothing can be said.
 */
export async function matchesEtag(
  bytes: Uint8Array,
  etag: string | undefined,
): Promise<boolean | undefined> {
  if (etag === undefined) return undefined;
  if (/^[0-9a-f]{64}$/.test(etag)) return (await hexDigest("SHA-256", bytes)) === etag;
  if (!/^[0-9a-f]{40}$/.test(etag)) return undefined;
  if ((await hexDigest("SHA-1", gitBlob(bytes))) === etag) return true;
  return (await hexDigest("SHA-1", bytes)) === etag;
}

/** True where digests can be had: browsers keep them from pages of plain http, but for those of the own machine. */
export function hasDigests(): boolean {
  return (crypto as Partial<Crypto>).subtle !== undefined;
}

/** A digest of the bytes in lower-case hexadecimal digits. */
export async function hexDigest(name: "SHA-256" | "SHA-1", bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest(name, bytes as BufferSource));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// what git hashes: "blob <length>\0" and then the content
function gitBlob(bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`blob ${bytes.length}\0`);
  return joinBytes([head, bytes]);
}
