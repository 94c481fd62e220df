import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { proxiedFetch } from "../../../src/model/node/hub-proxy.ts";
import { hubError } from "../hub/error.ts";
import { gpt2Value } from "../hub/fake-files.ts";
import { type FakeProxy, startFakeProxy } from "./fake-proxy.ts";
import { HubHome, TOKEN } from "./hub-home.ts";

const at = new HubHome();

let proxy: FakeProxy;

beforeEach(async () => {
  proxy = await startFakeProxy(TOKEN);
});
afterEach(() => proxy.close());

const env = (more: Record<string, string>): Record<string, string> => ({
  ...{ HOME: at.home, HF_ENDPOINT: at.hub.url, HF_TOKEN: TOKEN },
  ...more,
});

describe("a proxy", () => {
  it.each(["HTTP_PROXY", "http_proxy"])("is used for all that %s is for", async (name) => {
    const { data } = await at.run("gpt2", { env: env({ [name]: proxy.url }) });
    expect(data.at(-1)).toBe(gpt2Value(99, 767));
    const hosts = new Set(proxy.tunnels.map(({ to }) => to));
    expect(hosts).toEqual(new Set([at.hub.url, at.hub.cdnUrl].map((url) => new URL(url).host)));
  });

  it("may be named without http://, and with a name and a password", async () => {
    const address = proxy.url.replace("http://", "user:pass%20word@");
    await at.run("gpt2", { env: env({ HTTP_PROXY: address }) });
    const expected = `Basic ${Buffer.from("user:pass word").toString("base64")}`;
    expect(new Set(proxy.tunnels.map((one) => one.authorization))).toEqual(new Set([expected]));
  });

  it("never sees the token, and the storage behind it neither", async () => {
    await at.run("gpt2", { env: env({ HTTP_PROXY: proxy.url }) });
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    expect(proxy.tunnels.some(({ secret }) => secret)).toBe(false);
    for (const { server, authorization } of at.hub.requests) {
      expect(authorization).toBe(server === "hub" ? `Bearer ${TOKEN}` : undefined);
    }
  });

  it.each([
    ["127.0.0.1", 0],
    ["*", 0],
    ["example.org, localhost", 1],
  ])("is left out for hosts in NO_PROXY=%s", async (NO_PROXY, used) => {
    await at.run("gpt2", { env: env({ HTTP_PROXY: proxy.url, NO_PROXY }) });
    expect(Math.min(proxy.tunnels.length, 1)).toBe(used);
  });

  it("is not asked for where no variable names one, or an empty one", async () => {
    expect(await proxiedFetch({})).toBeUndefined();
    expect(await proxiedFetch({ HTTPS_PROXY: "", http_proxy: " " })).toBeUndefined();
    // an empty one in small letters takes the other's place
    expect(await proxiedFetch({ HTTPS_PROXY: proxy.url, https_proxy: "" })).toBeUndefined();
  });

  it("that refuses is named in the line, its password is not", async () => {
    proxy.status = 407;
    const address = proxy.url.replace("http://", "http://user:canary@");
    const error = await hubError(at.open("gpt2", { env: env({ HTTP_PROXY: address }) }));
    expect(error.message).toBe(
      `${at.hub.url} cannot be reached (the proxy answers with status 407): check the network, the proxy (HTTPS_PROXY, NO_PROXY), or HF_ENDPOINT if the hub is elsewhere`,
    );
  });

  it("that is not there is one line too", async () => {
    const HTTP_PROXY = "http://127.0.0.1:1";
    const { message } = await hubError(at.open("gpt2", { env: env({ HTTP_PROXY }) }));
    expect(message).toContain("cannot be reached (ECONNREFUSED): check the network, the proxy");
  });

  it.each(["ftp://canary@proxy", "http://", "socks5://u:canary@h", "http://a b"])(
    "%j is no address of one, and not repeated",
    async (HTTPS_PROXY) => {
      const error = await proxiedFetch({ HTTPS_PROXY }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toBe(
        "HTTPS_PROXY: expected the address of a proxy such as http://proxy:3128",
      );
      expect(inspect(error)).not.toContain("canary");
    },
  );
});
