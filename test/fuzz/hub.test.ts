/** A hub as an enemy would answer: descriptions of models, and the headers of ranges and refusals. */
import { expect } from "vitest";
import type { HubFetch } from "../../src/model/hub/answer.ts";
import { HubClient } from "../../src/model/hub/client.ts";
import { askedWait } from "../../src/model/hub/retry.ts";
import { fuzzParser } from "./fuzz-parser.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A hub that gives this answer to every question. */
function client(answer: () => Response): HubClient {
  const fetch: HubFetch = async (url) => {
    const response = answer();
    return { response, url, hub: response.headers };
  };
  return new HubClient({ fetch, patience: { waits: [], longestWait: 0, idle: 5000 } });
}

const description = JSON.stringify({
  ...{ _id: "1", id: "openai-community/gpt2", sha: COMMIT, private: false, tags: ["en"] },
  siblings: ["config.json", "model.safetensors", "a/é.txt"].map((rfilename) => ({ rfilename })),
});

fuzzParser({
  name: "hub: description of a model",
  isHub: true,
  seeds: [
    encode(description),
    encode(`{"sha":"${COMMIT}","siblings":[]}`),
    encode(`{"siblings":[{"rfilename":"../x"},{"rfilename":7}],"sha":"${COMMIT}","id":"../../x"}`),
  ],
  tokens: ['"rfilename"', '"siblings"', '"sha"', '"id":"../x"', "<!doctype html>"],
  malformed: [
    { what: "nothing", file: encode("") },
    { what: "a page", file: encode("<!doctype html>") },
    { what: "a list", file: encode("[]") },
    { what: "null", file: encode("null") },
    { what: "no commit", file: encode('{"siblings":[]}') },
    { what: "a commit that is none", file: encode('{"sha":"main","siblings":[]}') },
    { what: "no list of files", file: encode(`{"sha":"${COMMIT}"}`) },
    { what: "a file that is null", file: encode(`{"sha":"${COMMIT}","siblings":[null]}`) },
    { what: "a million levels", file: encode("[".repeat(1_000_000)) },
    { what: "five million lists", file: encode(`{"a":[${"[],".repeat(5_000_000)}0]}`) },
  ],
  parse: async (file) => {
    const answer = () => new Response(file as Uint8Array<ArrayBuffer>);
    const { commit, files, repo } = await client(answer).resolve("gpt2", "main");
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(repo).toMatch(/^[\w.-]+(\/[\w.-]+)?$/);
    if (files.some((path) => typeof path !== "string")) throw new Error("a path that is no text");
  },
});

const CONTENT = Uint8Array.from({ length: 100 }, (_, i) => i);

/** A status, and a header on each line; lines that HTTP could not carry are left out. */
function answerOf(file: Uint8Array): Response {
  const [first = "", ...lines] = new TextDecoder("latin1").decode(file).split("\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    try {
      headers.append(line.slice(0, colon), line.slice(colon + 1));
    } catch {
      // not a header
    }
  }
  const number = Number(first);
  const status = Number.isInteger(number) && number >= 200 && number <= 599 ? number : 206;
  const empty = status === 204 || status === 205 || status === 304;
  const body = status === 206 ? CONTENT.slice(10, 20) : CONTENT;
  return new Response(empty ? null : body, { status, headers });
}

const lines = (...parts: readonly string[]): Uint8Array => encode(parts.join("\n"));
const PART = ["206", "Content-Range: bytes 10-19/100", "Content-Length: 10", 'ETag: "abc"'];

fuzzParser({
  name: "hub: headers of a range",
  isHub: true,
  seeds: [
    lines(...PART, `X-Repo-Commit: ${COMMIT}`, "X-Linked-Size: 100", 'X-Linked-ETag: W/"abc"'),
    lines(...PART),
    lines("200", "Content-Length: 100", 'ETag: "abc"', "Content-Type: application/json"),
    lines("404", "X-Error-Code: EntryNotFound", "X-Error-Message: Entry not found"),
  ],
  tokens: [
    ...["Content-Range: bytes 0-9/100", "X-Linked-Size: 99", "Content-Encoding: gzip", "\n"],
    ...["bytes */100", "bytes 10-19/*", "Content-Type: text/html", "X-Repo-Commit: x", '"', "W/"],
  ],
  malformed: [
    ...["bytes 10-20/100", "bytes 9-19/100", "bytes 10-19/*", "bytes */100", "10-19/100", ""],
    ...["bytes 10-19/19", "bytes 19-10/100", "bytes 10-19/9999999999999999", "items 10-19/100"],
    ...["bytes 10-19/100, bytes 20-29/100", "bytes  10-19/100", "bytes 0x10-19/100"],
  ]
    .map((range) => lines("206", `Content-Range: ${range}`, 'ETag: "a"'))
    .concat([
      lines("206", "Content-Range: bytes 10-19/100"),
      lines(...PART, "X-Linked-Size: 101"),
      lines(...PART, "X-Linked-Size: NaN"),
      lines(...PART, "Content-Encoding: br"),
      lines(...PART, `X-Repo-Commit: ${"f".repeat(40)}`),
      lines("200", "Content-Length: 99", 'ETag: "a"'),
      lines("200", "Content-Length: 101", 'ETag: "a"'),
      lines("200", "Content-Length: 100", 'ETag: "a"', "Content-Type: text/html"),
      lines("200", 'ETag: "a"'),
      lines("204"),
      lines("302", "Location: http://[::1]:1/"),
      lines("416", "Content-Range: bytes */5"),
    ])
    .map((file) => ({ what: JSON.stringify(new TextDecoder().decode(file)), file })),
  parse: async (file) => {
    const at = { repo: "gpt2", commit: COMMIT, path: "model.safetensors" };
    const read = await client(() => answerOf(file)).readRange(at, [10, 20], undefined);
    // undefined: there is no such file
    if (read !== undefined && !Buffer.from(read.bytes).equals(CONTENT.subarray(10, 20))) {
      throw new Error(`other bytes than asked for: ${read.bytes.join(" ")}`);
    }
  },
});

fuzzParser({
  name: "hub: headers of a refusal",
  isHub: true,
  // the statuses are among the changes
  seeds: [
    ["Retry-After: 30", 'RateLimit: "api";r=0;t=54', "Link: <https://a/b>; rel=next"],
    ["Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"],
    ["X-Error-Code: GatedRepo", "X-Error-Message: Access to model x is restricted."],
    ["X-Error-Code: RepoNotFound", "X-Error-Message: é"],
  ].map((headers) => lines("200", ...headers, "Content-Length: 100", 'ETag: "abc"')),
  tokens: [
    ...["401", "403", "404", "416", "429", "500", "503", "504"],
    ...["Retry-After: -1", "Retry-After: 1e9", "r=0;t=999999999", "\n", "X-Error-Message: "],
  ],
  malformed: [401, 403, 404, 408, 416, 418, 429, 451, 500, 502, 503, 504, 599].map((status) => ({
    what: `status ${status} with a message of 20,000 characters`,
    file: lines(`${status}`, "X-Error-Code: X", `X-Error-Message: ${"m".repeat(20_000)}`),
  })),
  parse: async (file) => {
    const wait = askedWait(answerOf(file).headers);
    if (wait !== undefined && !(wait >= 0 && Number.isFinite(wait))) throw new Error(`${wait} ms`);
    const at = { repo: "gpt2", commit: COMMIT, path: "config.json" };
    await client(() => answerOf(file)).readWhole(at);
  },
});
