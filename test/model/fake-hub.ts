/**
 * A hub for tests: two real HTTP servers on the loopback interface, the hub and the storage that it
 * redirects to for large files, with the addresses, headers and refusals of huggingface.co.
 *
 *     const hub = await startFakeHub({ models: [fakeGpt2()] });
 *     const files = await hubFiles("gpt2", { endpoint: hub.url, env: { HOME: folder } });
 *     hub.requests;                          // what was asked, in order
 *     hub.bytes.get("model.safetensors");    // bytes sent of a file
 *     await hub.close();
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
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
}

export interface FakeHub {
  readonly url: string;
  /** Another origin than `url`. */
  readonly cdnUrl: string;
  readonly requests: FakeRequest[];
  /** Bytes sent of each file, by its path in the model. */
  readonly bytes: Map<string, number>;
  /** Sees each request first; if it returns true, it has answered, or will. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export async function startFakeHub({ models, tokens = [] }: FakeHubOptions): Promise<FakeHub> {
  const known = new Set([...tokens, ...models.flatMap((model) => model.granted ?? [])]);
  const requests: FakeRequest[] = [];
  const bytes = new Map<string, number>();
  const started = (name: "hub" | "storage", answer: Answer): Promise<Server> =>
    listen((request, response) => {
      record(name, request, response, requests);
      if (fake.intercept?.(request, response)) return;
      answer(request, response, new URL(request.url!, "http://hub.invalid"));
    });
  const sent = (path: string, count: number): void => {
    bytes.set(path, (bytes.get(path) ?? 0) + count);
  };
  const storage = await started("storage", (request, response, url) => {
    const { file, path } = findStored(models, url);
    sendFile(request, response, file, { ETag: `"${file.etag}"` }, (count) => sent(path, count));
  });
  const hub = await started("hub", (request, response, url) => {
    answerHub({ models, known, storage: addressOf(storage), sent }, request, response, url);
  });
  const fake: FakeHub = {
    url: addressOf(hub),
    cdnUrl: addressOf(storage),
    requests,
    bytes,
    intercept: undefined,
    close: async () => {
      await Promise.all([hub, storage].map(stop));
    },
  };
  return fake;
}

interface HubState {
  readonly models: readonly FakeModel[];
  readonly known: ReadonlySet<string>;
  readonly storage: string;
  readonly sent: (path: string, count: number) => void;
}

function answerHub(
  state: HubState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  const token = request.headers.authorization?.replace(/^Bearer /, "");
  if (token !== undefined && !state.known.has(token)) {
    return refuse(response, 401, "", "Invalid credentials in Authorization header");
  }
  const asked =
    /^\/api\/models\/(?<id>[^/]+(?:\/[^/]+)?)\/revision\/(?<revision>[^/]+)$/.exec(url.pathname) ??
    /^\/api\/resolve-cache\/models\/(?<id>[^/]+\/[^/]+)\/(?<revision>[^/]+)\/(?<path>.+)$/.exec(
      url.pathname,
    ) ??
    /^\/(?<id>[^/]+(?:\/[^/]+)?)\/resolve\/(?<revision>[^/]+)\/(?<path>.+)$/.exec(url.pathname);
  const id = asked?.groups?.id;
  const model = state.models.find((one) => one.id === id || one.aliases?.includes(id ?? ""));
  const may = model?.granted?.includes(token ?? "") ?? false;
  if (model === undefined || (model.access === "private" && !may)) {
    return refuse(
      response,
      token === undefined ? 401 : 404,
      "RepoNotFound",
      "Repository not found",
    );
  }
  if (model.id !== id) {
    return redirect(response, 307, url.href.slice(url.origin.length).replace(id!, model.id), {});
  }
  const revision = decodeURIComponent(asked!.groups!.revision!);
  const commit = model.revisions.get(revision) ?? revision;
  const files = model.commits.get(commit);
  if (files === undefined) {
    return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${revision}`);
  }
  const path = asked!.groups!.path;
  if (path === undefined) return describe(response, model, commit, files);
  if (model.access === "gated" && !may) {
    return refuse(response, token === undefined ? 401 : 403, "GatedRepo", "Access is restricted");
  }
  answerFile(state, request, response, { url, model, commit, path: decodeURIComponent(path) });
}

function answerFile(
  { storage, sent }: HubState,
  request: IncomingMessage,
  response: ServerResponse,
  { url, model, commit, path }: { url: URL; model: FakeModel; commit: string; path: string },
): void {
  const file = model.commits.get(commit)!.get(path);
  if (file === undefined) return refuse(response, 404, "EntryNotFound", "Entry not found");
  const headers = {
    "X-Repo-Commit": commit,
    "X-Linked-Size": String(file.byteLength),
    "X-Linked-ETag": `"${file.etag}"`,
  };
  const name = `${model.id}/${commit}/${encodeURIComponent(path)}`;
  if (file.isLarge) return redirect(response, 302, `${storage}/${name}?Signature=signed`, headers);
  if (url.pathname.startsWith("/api/resolve-cache/")) {
    const own = { ...headers, ETag: `"${file.etag}"` };
    return sendFile(request, response, file, own, (count) => sent(path, count));
  }
  redirect(response, 307, `/api/resolve-cache/models/${name}`, headers);
}

function describe(
  response: ServerResponse,
  { id, access = "public" }: FakeModel,
  commit: string,
  files: ReadonlyMap<string, FakeFile>,
): void {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.end(
    JSON.stringify({
      ...{ _id: "0", id, sha: commit, private: access === "private", downloads: 0, likes: 0 },
      gated: access === "gated" ? "auto" : false,
      lastModified: "2024-01-01T00:00:00.000Z",
      siblings: [...files.keys()].map((rfilename) => ({ rfilename })),
    }),
  );
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: FakeFile,
  headers: Record<string, string>,
  sent: (count: number) => void,
): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const start = range === null ? 0 : Number(range[1]);
  const end = range === null ? file.byteLength : Math.min(Number(range[2]) + 1, file.byteLength);
  if (range !== null && start >= file.byteLength) {
    response.writeHead(416, { ...headers, "Content-Range": `bytes */${file.byteLength}` }).end();
    return;
  }
  if (range !== null) {
    response.statusCode = 206;
    response.setHeader("Content-Range", `bytes ${start}-${end - 1}/${file.byteLength}`);
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("Content-Length", end - start);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  sent(end - start);
  response.end(file.read(start, end));
}

function findStored(models: readonly FakeModel[], url: URL): { file: FakeFile; path: string } {
  const [, org, name, commit, encoded] = url.pathname.split("/");
  const model = models.find((one) => one.id === `${org}/${name}`);
  const path = decodeURIComponent(encoded!);
  return { file: model!.commits.get(commit!)!.get(path)!, path };
}

function redirect(
  response: ServerResponse,
  status: number,
  location: string,
  headers: Record<string, string>,
): void {
  response.writeHead(status, { ...headers, Location: location }).end("redirecting");
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const headers = { ...(code !== "" && { "X-Error-Code": code }), "X-Error-Message": message };
  response.writeHead(status, { ...headers, "Content-Type": "application/json" });
  response.end(JSON.stringify({ error: message }));
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
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
