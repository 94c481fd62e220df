/**
 * A hub for tests: two real HTTP servers (or HTTPS, with a certificate) on the loopback interface, the hub and the storage that it
 * redirects to for large files, with the addresses, headers and refusals of huggingface.co.
 *
 *     const hub = await startFakeHub({ models: [fakeGpt2()] });
 *     const files = await hubFiles("gpt2", { endpoint: hub.url, env: { HOME: folder } });
 *     hub.requests;                          // what was asked, in order
 *     hub.bytes.get("model.safetensors");    // bytes sent of a file
 *     await hub.close();
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate.ts";
import { type Answer, hubAnswer, storageAnswer } from "./fake-answers.ts";
import type { FakeFile } from "./fake-files.ts";

/** A model of the fake hub; changing it changes what the hub says next. */
export interface FakeModel {
  /** `"org/name"`. */
  readonly id: string;
  /** Other names, which redirect to this one. */
  readonly aliases?: readonly string[];
  /** Branches and tags, and the commits they name. */
  readonly revisions: Map<string, string>;
  /** The files of each commit by path. */
  readonly commits: Map<string, Map<string, FakeFile>>;
  /** Default `"public"`. Of gated models everybody sees the list of files, of private ones nobody. */
  readonly access?: "public" | "gated" | "private";
  /** Tokens that may read the model if it is not public. */
  readonly granted?: readonly string[];
}

export interface FakeRequest {
  readonly server: "hub" | "storage";
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  status: number;
  /** Bytes of the body sent. */
  bytes: number;
}

export interface FakeHubOptions {
  readonly models: readonly FakeModel[];
  /** Tokens that the hub knows; others are refused. Those that models grant are known. */
  readonly tokens?: readonly string[];
  /** Key and certificate in PEM, for https. */
  readonly tls?: Certificate | undefined;
}

export interface FakeHub {
  readonly url: string;
  /** Another origin than `url`. */
  readonly cdnUrl: string;
  readonly requests: FakeRequest[];
  /** Bytes sent of each file, by its path in the model. */
  readonly bytes: Map<string, number>;
  /** Answers that are neither sent whole nor given up by the client. */
  readonly underWay: ReadonlySet<ServerResponse>;
  /** Sees each request first; if it returns true, it has answered, or will. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

export async function startFakeHub({ models, tokens = [], tls }: FakeHubOptions): Promise<FakeHub> {
  const known = new Set([...tokens, ...models.flatMap((model) => model.granted ?? [])]);
  const requests: FakeRequest[] = [];
  const bytes = new Map<string, number>();
  const underWay = new Set<ServerResponse>();
  const sent = (path: string, count: number): void => {
    bytes.set(path, (bytes.get(path) ?? 0) + count);
  };
  const start = (name: "hub" | "storage", answer: Answer): Promise<Server> =>
    listen((request, response) => {
      record(name, request, allow(name, request, response), requests);
      underWay.add(response);
      response.on("close", () => underWay.delete(response));
      if (request.method === "OPTIONS") return response.writeHead(204).end();
      if (!fake.intercept?.(request, response)) answer(request, response);
    }, tls);
  const storage = await start("storage", storageAnswer({ models, sent }));
  const cdnUrl = addressOf(storage);
  const hub = await start("hub", hubAnswer({ models, known, storage: cdnUrl, sent }));
  const fake: FakeHub = {
    url: addressOf(hub),
    cdnUrl,
    requests,
    bytes,
    underWay,
    intercept: undefined,
    close: async () => {
      await Promise.all([hub, storage].map(stop));
    },
  };
  return fake;
}

/** What pages of other origins may see, as of 2026: of the hub, and of its storage (the bridge to Xet). */
const EXPOSED = {
  hub: "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash",
  storage: "Accept-Ranges, Content-Range, Content-Type, Content-Disposition, ETag, X-Cache",
};

/** Lets pages of other origins ask: of the hub the one that asks, of its storage all. */
function allow(
  server: "hub" | "storage",
  request: IncomingMessage,
  response: ServerResponse,
): ServerResponse {
  const origin = server === "storage" ? "*" : request.headers.origin;
  if (origin === undefined) return response;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Expose-Headers", EXPOSED[server]);
  if (server === "hub") response.setHeader("Vary", "Origin");
  if (request.method === "OPTIONS") {
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Range");
    response.setHeader("Access-Control-Max-Age", "86400");
  }
  return response;
}

function record(
  server: "hub" | "storage",
  request: IncomingMessage,
  response: ServerResponse,
  requests: FakeRequest[],
): void {
  const { range, authorization } = request.headers;
  const entry: FakeRequest = {
    ...{ server, method: request.method!, url: request.url!, range, authorization },
    ...{ status: 0, bytes: 0 },
  };
  requests.push(entry);
  response.on("finish", () => {
    entry.status = response.statusCode;
    entry.bytes = Number(response.getHeader("Content-Length") ?? 0);
  });
}

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  tls: Certificate | undefined,
): Promise<Server> {
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function addressOf(server: Server): string {
  const scheme = "setSecureContext" in server ? "https" : "http";
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
