/** What the fake hub and its storage answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FakeFile } from "./fake-files.ts";
import type { FakeModel } from "./fake-hub.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => ServerResponse;

interface HubState {
  readonly models: readonly FakeModel[];
  /** Tokens that are not refused. */
  readonly known: ReadonlySet<string>;
  /** Address of the storage. */
  readonly storage: string;
  /** Counts the bytes sent of a file. */
  readonly sent: (path: string, count: number) => void;
}

/** The hub's answers: descriptions of models, small files, and redirects to the storage. */
export function hubAnswer(state: HubState): Answer {
  return (request, response) => {
    const url = new URL(request.url!, "http://hub.invalid");
    return answerHub(state, request, response, url);
  };
}

/** The storage's answers: large files, without a question about who asks. */
export function storageAnswer({ models, sent }: Pick<HubState, "models" | "sent">): Answer {
  return (request, response) => {
    const [, org, name, commit, encoded] = new URL(
      request.url!,
      "http://hub.invalid",
    ).pathname.split("/");
    const path = decodeURIComponent(encoded!);
    const model = models.find((one) => one.id === `${org}/${name}`);
    const file = model!.commits.get(commit!)!.get(path)!;
    return sendFile(request, response, file, { ETag: `"${file.etag}"` }, (count) =>
      sent(path, count),
    );
  };
}

function answerHub(
  state: HubState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): ServerResponse {
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
  return answerFile(state, request, response, {
    url,
    model,
    commit,
    path: decodeURIComponent(path),
  });
}

function answerFile(
  { storage, sent }: HubState,
  request: IncomingMessage,
  response: ServerResponse,
  { url, model, commit, path }: { url: URL; model: FakeModel; commit: string; path: string },
): ServerResponse {
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
  return redirect(response, 307, `/api/resolve-cache/models/${name}`, headers);
}

function describe(
  response: ServerResponse,
  { id, access = "public" }: FakeModel,
  commit: string,
  files: ReadonlyMap<string, FakeFile>,
): ServerResponse {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  return response.end(
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
): ServerResponse {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const start = range === null ? 0 : Number(range[1]);
  const end = range === null ? file.byteLength : Math.min(Number(range[2]) + 1, file.byteLength);
  if (range !== null && start >= file.byteLength) {
    return response
      .writeHead(416, { ...headers, "Content-Range": `bytes */${file.byteLength}` })
      .end();
  }
  if (range !== null) {
    response.statusCode = 206;
    response.setHeader("Content-Range", `bytes ${start}-${end - 1}/${file.byteLength}`);
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("Content-Length", end - start);
  if (request.method === "HEAD") return response.end();
  sent(end - start);
  return response.end(file.read(start, end));
}

function redirect(
  response: ServerResponse,
  status: number,
  location: string,
  headers: Record<string, string>,
): ServerResponse {
  return response.writeHead(status, { ...headers, Location: location }).end("redirecting");
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
): ServerResponse {
  const headers = { ...(code !== "" && { "X-Error-Code": code }), "X-Error-Message": message };
  response.writeHead(status, { ...headers, "Content-Type": "application/json" });
  return response.end(JSON.stringify({ error: message }));
}
