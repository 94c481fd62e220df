/** A certificate for a server on the loopback interface, made as a test runs: no key lies in the repository. */
import { generateKeyPairSync, sign } from "node:crypto";

/** Both in PEM. */
export interface Certificate {
  readonly key: string;
  /** Signed with its own key, so that it is trusted where it is given as a root. */
  readonly cert: string;
}

/** X.509 version 3 (RFC 5280) in DER, for 127.0.0.1 and localhost, good for a day before and after now. */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
  const name = sequence(set(sequence(oid(2, 5, 4, 3), der(0x0c, text("tokenscape test")))));
  const hosts = [der(0x87, Buffer.of(127, 0, 0, 1)), der(0x82, text("localhost"))];
  const isAuthority = der(0x01, Buffer.of(0xff));
  const content = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(time(-1), time(1)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        sequence(oid(2, 5, 29, 19), der(0x04, sequence(isAuthority))),
        sequence(oid(2, 5, 29, 17), der(0x04, sequence(...hosts))),
      ),
    ),
  );
  const signature = sign("sha256", content, privateKey);
  const whole = sequence(content, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString("base64").replaceAll(/(.{64})/g, "$1\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** A value of DER: its tag, its length, its content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const long = content.length < 0x80 ? [] : bigEndian(content.length);
  const length = long.length === 0 ? [content.length] : [0x80 | long.length, ...long];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, ...parts);
}

/** From 0 to 127. */
function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value));
}

/** The first two numbers share a byte; of the others all bytes but the last have their high bit set. */
function oid(first: number, second: number, ...others: readonly number[]): Buffer {
  const bytes = others.flatMap((value) => {
    const groups = [value & 0x7f];
    for (let rest = value >> 7; rest > 0; rest >>= 7) groups.unshift(0x80 | (rest & 0x7f));
    return groups;
  });
  return der(0x06, Buffer.of(40 * first + second, ...bytes));
}

/** So many days from now, as YYMMDDHHMMSSZ. */
function time(days: number): Buffer {
  const date = new Date(Date.now() + days * 86_400_000).toISOString();
  return der(0x17, text(`${date.replaceAll(/\D/g, "").slice(2, 14)}Z`));
}

function text(value: string): Buffer {
  return Buffer.from(value);
}

function bigEndian(value: number): number[] {
  return value === 0 ? [] : [...bigEndian(value >> 8), value & 0xff];
}
