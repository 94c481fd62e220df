/** That nothing goes on behind a failure's back: requests, retries, connections. */
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchHubFiles } from "../../src/model/hub.ts";
import { hubFiles } from "../../src/model/node/hub-files.ts";
import { openFiles } from "../../src/model/open-files.ts";
import { fakeGpt2 } from "./fake-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";
import { hubError } from "./hub-error.ts";

let hub: FakeHub;

beforeEach(async () => {
  hub = await startFakeHub({ models: [fakeGpt2()] });
});
afterEach(() => hub.close());

/** Waits until no connection holds an answer that the client has not read to its end. */
const allLeft = () => vi.waitFor(() => expect(hub.underWay.size).toBe(0), { timeout: 3000 });

const isRange = (request: IncomingMessage, from: number): boolean =>
  request.url!.includes("Signature") && Number(/\d+/.exec(request.headers.range ?? "")) >= from;

describe("after a failure", () => {
  const ways = {
    "with nothing kept": () => fetchHubFiles("gpt2", { endpoint: hub.url }),
    "with caches that can't be written": () =>
      hubFiles("gpt2", { env: { HOME: "/dev/null", HF_ENDPOINT: hub.url } }),
  };

  it.each(Object.entries(ways))("the other slices are left, %s", async (_, files) => {
    const model = await openFiles(await files());
    let asked = 0;
    hub.intercept = (request, response) => {
      if (!isRange(request, 1)) return false;
      // five are never answered, and would be asked for again and again
      if (++asked >= 6) response.writeHead(410).end("gone");
      return true;
    };
    expect((await hubError(model.rows({ rows: "0:20000" }))).status).toBe(410);
    await allLeft();
    // the sixth is asked of the storage, and once more through the hub
    expect(asked).toBe(7);
  });
});
