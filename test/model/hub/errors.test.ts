import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { networkError, OPTION_NAMES } from "../../../src/model/hub/errors.ts";
import { fetchHubFiles, type HubOptions } from "../../../src/model/hub/hub.ts";
import { hubError } from "./error.ts";
import { type FakeFile, fakeGpt2 } from "./fake-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";

const GRANTED = "hf_granted-canary";
const OTHER = "hf_other-canary";

let hub: FakeHub;

beforeEach(async () => {
  const granted = [GRANTED];
  hub = await startFakeHub({
    models: [
      fakeGpt2({ access: "public" }),
      fakeGpt2({ id: "org/gated", aliases: [], access: "gated", granted }),
      fakeGpt2({ id: "org/secret", aliases: [], access: "private", granted }),
    ],
    tokens: [OTHER],
  });
});

afterEach(() => hub.close());

const open = (id: string, options: HubOptions = {}) =>
  fetchHubFiles(id, { endpoint: hub.url, patience: { waits: [] }, ...options });

describe("what the hub refuses", () => {
  it.each<[string, HubOptions, number | undefined, string]>([
    [
      "no/model",
      {},
      401,
      "no/model is not on HUB, or is private: check the name, or set the option token if it is private",
    ],
    [
      "no/model",
      { token: OTHER },
      404,
      "no/model is not on HUB, or the token (the option token) may not see it: check the name",
    ],
    [
      "org/secret",
      {},
      401,
      "org/secret is not on HUB, or is private: check the name, or set the option token if it is private",
    ],
    ["gpt2@v9", {}, 404, 'gpt2 has no branch, tag or commit "v9": see HUB/gpt2/tree/main'],
    [
      "gpt2",
      { token: "hf_bad-canary" },
      401,
      "HUB refuses the token (the option token): make a new one at HUB/settings/tokens, or go without",
    ],
  ])("%s %j", async (id, options, status, line) => {
    const error = await hubError(open(id, options));
    expect(error.message).toBe(line.replaceAll("HUB", hub.url));
    expect(error.status).toBe(status);
    expect(error.url).toContain(hub.url);
  });

  it.each<[HubOptions, number, string]>([
    [
      {},
      401,
      "org/gated is gated: ask for access at HUB/org/gated, then set the option token to a token of yours",
    ],
    [
      { token: OTHER },
      403,
      "org/gated is gated, and the token (the option token) has no access: ask for it at HUB/org/gated",
    ],
  ])("files of a gated model, with %j", async (options, status, line) => {
    const files = await open("org/gated", options);
    for (const failing of [files.read("config.json"), files.open("model.safetensors")]) {
      const error = await hubError(failing);
      expect([error.message, error.status]).toEqual([line.replaceAll("HUB", hub.url), status]);
    }
  });

  it("says that a commit is gone, and what brings the next", async () => {
    const gone = "9".repeat(40);
    expect((await hubError(open(`gpt2@${gone}`))).message).toBe(
      `gpt2 has no commit ${gone}: see ${hub.url}/gpt2/commits/main, or run again with refresh if it was known from before`,
    );
    const model = fakeGpt2({ id: "org/squashed", aliases: [] });
    const other = await startFakeHub({ models: [model] });
    const files = await open("org/squashed", { endpoint: other.url });
    const [[commit, content]] = [...model.commits] as [[string, Map<string, FakeFile>]];
    model.commits.delete(commit);
    model.commits.set(gone, content);
    expect((await hubError(files.read("config.json"))).message).toBe(
      `org/squashed has no commit ${commit} any more: run again with refresh for the one that is there now`,
    );
    await other.close();
  });

  it("says that nobody answers", async () => {
    const { url } = hub;
    await hub.close();
    const error = await hubError(open("gpt2"));
    expect(error.message).toBe(
      `${url} cannot be reached (ECONNREFUSED): check the network, or the option endpoint if the hub is elsewhere`,
    );
    expect(error.status).toBeUndefined();
  });

  it.each([
    [500, {}, "HUB fails (status 500): try again later"],
    [503, { "Retry-After": "30" }, "HUB fails (status 503): try again in 30 seconds"],
    [
      429,
      { "Retry-After": "7" },
      "HUB asks for fewer requests (status 429): try again in 7 seconds",
    ],
    [418, {}, "HUB fails (status 418)"],
    [
      403,
      { "X-Error-Message": "Access to this resource is disabled." },
      "gpt2 has been disabled by the hub: see HUB/gpt2",
    ],
    [416, {}, "HUB has fewer bytes of the file than were asked for: HUB/gpt2"],
    [403, {}, "HUB forbids gpt2 without a token (the option token): see HUB/gpt2"],
  ])("status %i", async (status, headers, line) => {
    hub.intercept = (_, response) => response.writeHead(status, headers).end("no") !== undefined;
    const error = await hubError(open("gpt2"));
    expect([error.message, error.status]).toEqual([line.replaceAll("HUB", hub.url), status]);
  });

  it.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", /is not trusted \(SELF_.*NODE_EXTRA_CA_CERTS$/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /is not trusted/],
    ["CERT_HAS_EXPIRED", /is not trusted/],
    ["ENETUNREACH", /cannot be reached \(ENETUNREACH\)/],
  ])("a connection that fails with %s", (code, line) => {
    const cause = new TypeError("fetch failed", {
      cause: Object.assign(new Error("no"), { code }),
    });
    const where = {
      endpoint: "https://hub",
      url: "https://hub/x",
      proxied: false,
      names: OPTION_NAMES,
    };
    expect(networkError(cause, where).message).toMatch(line);
  });

  it.each([
    ["Failed to fetch", "Failed to fetch"],
    ["Request to https://u:canary@hub/x?Signature=canary is odd", "no reason given"],
  ])("a connection that fails without a code: %s", (said, fault) => {
    const where = {
      ...{ endpoint: "https://hub", url: "https://hub/x", proxied: false, names: OPTION_NAMES },
    };
    const { message } = networkError(new TypeError(said), where);
    expect(message).toContain(`https://hub cannot be reached (${fault}): check`);
    expect(message).not.toContain("canary");
  });

  it.each(["<!doctype html><p>Sign in", "null", "[]", '{"sha":"main"}', '{"id":"x"}'])(
    "an answer that describes no model: %s",
    async (body) => {
      hub.intercept = (_, response) => response.end(body) !== undefined;
      expect((await hubError(open("gpt2"))).message).toBe(
        `${hub.url} answers with something else than a model's description (is it a proxy or a sign-in page?)`,
      );
    },
  );
});
