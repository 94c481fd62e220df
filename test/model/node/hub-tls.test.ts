/** The command as a process, a hub over TLS, and a proxy between them: all real, and the certificate made here. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Ended, filesUnder, useProgram } from "../../cli/program.ts";
import { makeCertificate } from "../hub/certificate.ts";
import { fakeGpt2, GPT2_COMMIT } from "../hub/fake-files.ts";
import { type FakeHub, startFakeHub } from "../hub/fake-hub.ts";
import { type FakeProxy, startFakeProxy } from "./fake-proxy.ts";
import { TOKEN } from "./hub-home.ts";

const program = useProgram();
let hub: FakeHub;
let proxy: FakeProxy;
/** Trusts the hub's certificate. */
let trust: Record<string, string>;

beforeAll(async () => {
  const tls = makeCertificate();
  const gated = { access: "gated", granted: [TOKEN] } as const;
  hub = await startFakeHub({ models: [fakeGpt2(gated)], tls });
  await writeFile(join(program.folder, "root.pem"), tls.cert);
  trust = { NODE_EXTRA_CA_CERTS: join(program.folder, "root.pem") };
});
afterAll(() => hub.close());
beforeEach(async () => {
  proxy = await startFakeProxy(TOKEN);
  hub.requests.length = 0;
});
afterEach(() => proxy.close());

/** Runs the command in a folder of its own, which is its home too. */
async function run(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended & { home: string }> {
  const home = join(program.folder, name);
  await mkdir(home, { recursive: true });
  const own = { HOME: home, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: "0", HF_TOKEN: TOKEN };
  return { ...(await program.run(args, { cwd: home, env: { ...own, ...env } })), home };
}

describe("a hub over TLS behind a proxy", () => {
  it("is read through tunnels, in which the proxy can't look", async () => {
    const { code, stdout, stderr, home } = await run("tunnel", ["gpt2", "--iterations", "60"], {
      ...trust,
      HTTPS_PROXY: proxy.url,
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`gpt2 @ ${GPT2_COMMIT.slice(0, 7)}: rows 0:100, 100 of 50,257 tokens`);
    const hosts = [hub.url, hub.cdnUrl].map((url) => new URL(url).host);
    expect(new Set(proxy.tunnels.map(({ to }) => to))).toEqual(new Set(hosts));
    expect(proxy.others).toEqual([]);
    for (const { secret, passed } of proxy.tunnels) {
      const bytes = Buffer.concat(passed);
      // a record of TLS with the client's greeting
      expect([bytes[0], bytes[5]]).toEqual([0x16, 0x01]);
      expect([secret, bytes.includes(TOKEN), bytes.includes("HTTP/1.1")]).toEqual(
        Array(3).fill(false),
      );
    }
    // the token went to the hub, and nowhere else
    for (const { server, authorization } of hub.requests)
      expect(authorization).toBe(server === "hub" ? `Bearer ${TOKEN}` : undefined);
    expect(new Set(hub.requests.map(({ server }) => server))).toEqual(new Set(["hub", "storage"]));
    for (const [, bytes] of filesUnder(home)) expect(bytes).not.toContain(TOKEN);
  });

  it("is asked without it where NO_PROXY says so", async () => {
    const env = { ...trust, HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" };
    const { code, stderr } = await run("direct", ["info", "gpt2"], env);
    expect([code, stderr, proxy.tunnels]).toEqual([0, "", []]);
    expect(hub.requests.length).toBeGreaterThan(0);
  });

  it.each([
    ["through a proxy", () => ({ HTTPS_PROXY: proxy.url })],
    ["without one", () => ({})],
  ])("whose certificate is not trusted, %s, is one line, and sees no token", async (name, env) => {
    const { code, stdout, stderr, home } = await run(name, ["info", "gpt2"], env());
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^tokenscape: [^\n]*NODE_EXTRA_CA_CERTS[^\n]*\n$/);
    expect(stderr).toContain(hub.url);
    expect(stderr).not.toContain(TOKEN);
    expect(hub.requests).toEqual([]);
    expect(filesUnder(home)).toEqual(new Map());
  });

  it("that refuses is one line without its password", async () => {
    proxy.status = 407;
    const HTTPS_PROXY = proxy.url.replace("http://", "http://user:canary@");
    const { code, stderr } = await run("refusing", ["info", "gpt2"], { ...trust, HTTPS_PROXY });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tokenscape: [^\n]*the proxy answers with status 407[^\n]*\n$/);
    expect(stderr).not.toContain("canary");
    expect(hub.requests).toEqual([]);
  });
});
