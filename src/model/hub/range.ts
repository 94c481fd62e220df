/** Holds the answer to a range request against what was asked, so that wrong bytes are never taken. */
import { HubError } from "../../errors.ts";
import { quoted } from "../bytes/display.ts";
import { bareEtag, contentEtag, type HubAnswer, isPage } from "./answer.ts";

/** What must not change between two requests for one file. */
export interface RemoteFile {
  readonly byteLength: number;
  /** The name of the file's content: on the hub its sha256 or git hash. */
  readonly etag: string;
  /**
   * The ETag of the server that the bytes came from. Where that is a storage of its own, the hub repeats
   * its hash whatever lies there, so that only this one tells if the storage's file has changed.
   */
  readonly servedEtag?: string;
}

/** The bytes [start, end) that an answer's body holds, of which file. */
export interface AnsweredRange {
  readonly start: number;
  readonly end: number;
  readonly file: RemoteFile;
}

/** A file that came whole in place of a range is taken if it is no longer than this. */
const SMALL = 1 << 20;

/**
 * Checks an answer's status and headers; the body is not touched.
 *
 * @param asked The bytes [start, end) asked for; unless the file is known, `end` may lie behind its end.
 * @param known What earlier answers said about the file.
 * @throws {HubError} if the body would hold other bytes than those asked for, or of a changed file.
 */
export function answeredRange(
  answer: HubAnswer,
  asked: readonly [start: number, end: number],
  known: RemoteFile | undefined,
  url: string,
): AnsweredRange {
  const { response } = answer;
  const isPart = response.status === 206;
  const fail: Fail = (what) => {
    throw new HubError(`${what}: ${url}`, { url, status: response.status });
  };
  if ((response.headers.get("Content-Encoding") ?? "identity") !== "identity" && isPart) {
    return fail("the server packs what it sends, which can't be read in pieces");
  }
  const range = isEmptyFile(response)
    ? { start: 0, end: 0, total: 0 }
    : isPart
      ? partOf(response)
      : wholeOf(answer);
  if (range === undefined) return fail(isPart ? namelessLine(response) : ignoredLine(response));
  const { total, ...body } = range;
  const [start, end] = asked;
  if (isPart && (body.start !== start || body.end !== Math.min(end, total))) {
    return fail(`asked for bytes ${start} to ${end}, got ${body.start} to ${body.end} of ${total}`);
  }
  const sent = response.headers.get("Content-Length");
  const length = body.end - body.start;
  if (isPart && sent !== null && Number(sent) !== length) {
    return fail(`the answer has a body of ${quoted(sent)} bytes for a range of ${length}`);
  }
  return { ...body, file: sameFile(answer, total, known, fail) };
}

type Fail = (what: string) => never;

/** Length and ETag of the file, if all that was said about it agrees. */
function sameFile(
  answer: HubAnswer,
  total: number,
  known: RemoteFile | undefined,
  fail: Fail,
): RemoteFile {
  const served = bareEtag(answer.response.headers.get("ETag"));
  const etag = contentEtag(answer) ?? served;
  if (etag === undefined) {
    return fail("there is no ETag, so pieces of the file could not be known to belong together");
  }
  const linked = answer.hub.get("X-Linked-Size");
  for (const byteLength of [linked === null ? total : Number(linked), known?.byteLength ?? total]) {
    if (byteLength !== total) fail(`the file should have ${byteLength} bytes and has ${total}`);
  }
  if (known !== undefined && known.etag !== etag) {
    return fail(
      `the file has changed under its revision (its ETag was ${quoted(known.etag)} and is ${quoted(etag)}): run again with refresh`,
    );
  }
  if (known?.servedEtag !== undefined && known.servedEtag !== served) {
    return fail(
      `the file has changed in its storage, under its revision (its ETag there was ${quoted(known.servedEtag)} and is ${quoted(served ?? "")}): run again with refresh`,
    );
  }
  return { byteLength: total, etag, ...(served !== undefined && { servedEtag: served }) };
}

/** True for the answer to a range of a file without a byte, which no range can satisfy. */
export function isEmptyFile({ status, headers }: Response): boolean {
  return status === 416 && headers.get("Content-Range") === "bytes */0";
}

function namelessLine({ headers }: Response): string {
  return `the answer to a range says not which (${quoted(headers.get("Content-Range") ?? "")})`;
}

function ignoredLine(response: Response): string {
  const sent = isPage(response)
    ? "a web page (is it a proxy or a sign-in page?)"
    : "the whole file";
  return `the server ignores ranges and would send ${sent}`;
}

type Part = { start: number; end: number; total: number };

// Content-Range: bytes 0-99/1000, both ends included
function partOf({ headers }: Response): Part | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(
    headers.get("Content-Range") ?? "",
  );
  if (match === null) return undefined;
  return { start: Number(match[1]), end: Number(match[2]) + 1, total: Number(match[3]) };
}

function wholeOf({ response, hub }: HubAnswer): Part | undefined {
  const announced = hub.get("X-Linked-Size") ?? response.headers.get("Content-Length");
  const total = Number(announced);
  const known = announced !== null && !response.headers.has("Content-Encoding");
  return known && total <= SMALL && !isPage(response) ? { start: 0, end: total, total } : undefined;
}
