/** Servers that stand in for the hub: mirrors that redirect to it, and stores with ETags of their own. */
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hubError } from "../hub/error.ts";
import { fakeGpt2, gpt2Value } from "../hub/fake-files.ts";
import { HubHome, read, TOKEN } from "./hub-home.ts";

const at = new HubHome();

describe("a mirror that redirects to another hub", () => {
  let mirror: Server;
  let env: Record<string, string>;

  beforeEach(async () => {
    mirror = createServer(async (request, response) => {
      if (request.url!.startsWith("/api/")) {
        response.end(await (await fetch(at.hub.url + request.url)).text());
      } else response.writeHead(302, { Location: at.hub.url + request.url }).end();
    });
    await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
    const { port } = mirror.address() as AddressInfo;
    env = { HOME: at.home, HF_ENDPOINT: `http://127.0.0.1:${port}` };
  });
  afterEach(() => {
    mirror.closeAllConnections();
    mirror.close();
  });

  it("gives files that are checked and kept as the hub's are", async () => {
    const first = await at.run("gpt2", { env });
    expect(first.data[0]).toBe(gpt2Value(0, 0));
    expect(at.warnings).toEqual([]);
    at.hub.requests.length = 0;
    expect(await at.run("gpt2", { env })).toEqual(first);
    expect(await at.run("gpt2", { env, offline: true })).toEqual(first);
    expect(at.hub.requests).toEqual([]);
  });

  it("hands on what the hub refuses, and the hub gets no token", async () => {
    at.models.push(fakeGpt2({ id: "org/gated", aliases: [], access: "gated", granted: [TOKEN] }));
    const { message } = await hubError(at.run("org/gated", { env: { ...env, HF_TOKEN: TOKEN } }));
    expect(message).toContain("org/gated is gated");
    expect(at.hub.requests.map((one) => one.authorization)).not.toContain(`Bearer ${TOKEN}`);
  });
});

describe("a store with ETags of its own", () => {
  const text = '{"scale":3}';
  const answers = (etag: string, headers: Record<string, string> = {}): void => {
    at.hub.intercept = (request, response) => {
      if (!request.url!.endsWith("/config.json")) return false;
      response.writeHead(200, { ETag: `"${etag}"`, ...headers }).end(text);
      return true;
    };
  };
  const sha1 = (content: string) => createHash("sha1").update(content).digest("hex");
  const config = async () => read(await at.open("org/small"), "config.json");

  it("may name a file by its plain SHA-1: that is checked and kept", async () => {
    answers(sha1(text));
    expect(await config()).toBe(text);
    expect(at.warnings).toEqual([]);
    at.hub.intercept = undefined;
    expect(await config()).toBe(text);
  });

  it("may name it by what only looks like a hash: that can't be checked", async () => {
    answers(sha1("anything"));
    expect(await config()).toBe(text);
    expect(at.warnings.map((line) => line.replace(/:.*/, ""))).toEqual([
      "config.json can't be checked",
    ]);
  });

  it("is wrong where it speaks as a hub and the hash is not the content's", async () => {
    answers(sha1("anything"), { "X-Repo-Commit": "a".repeat(40) });
    expect((await hubError(config())).message).toContain("came with wrong content");
  });
});
