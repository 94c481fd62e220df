import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const sample = new URL("../../sample/model/", import.meta.url);

/** Headers of a page by its path. */
export type Pages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A server of pages that hold nothing but the script, of the script, and of the sample's files. */
export interface PageServer {
  /** `"http://127.0.0.1:1234"`. */
  readonly origin: string;
  close(): void;
}

export async function servePages(script: string, pages: Pages): Promise<PageServer> {
  const server: Server = createServer((request, response) => {
    const name = new URL(request.url!, "http://localhost").pathname.slice(1);
    const headers = pages[`/${name}`];
    if (headers !== undefined) {
      return void response
        .writeHead(200, { "content-type": "text/html", ...headers })
        .end("<!doctype html><script src='/page.js'></script>");
    }
    if (name === "page.js") {
      return void response.setHeader("content-type", "text/javascript; charset=utf-8").end(script);
    }
    const file = new URL(name, sample);
    if (!/^[\w.]+$/.test(name) || !existsSync(file)) return void response.writeHead(404).end();
    response.setHeader("content-length", statSync(file).size);
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
