import { describe, expect, it } from "vitest";
import { redirecting } from "../../../src/model/node/hub-fetch.ts";
import { hubError } from "../hub/error.ts";
import { HubHome, TOKEN } from "./hub-home.ts";

const at = new HubHome();

describe("redirects", () => {
  it("are not followed for ever, nor to what is no HTTP", async () => {
    const to = (location: string) => {
      at.hub.intercept = (_, response) =>
        response.writeHead(302, { Location: location }).end() !== undefined;
      return hubError(at.open("gpt2"));
    };
    expect((await to("/api/again")).message).toContain("more than 5 redirects");
    expect((await to("file:///etc/passwd")).message).toContain("which is not followed");
    expect((await to("http://[")).message).toContain("which is not followed");
    expect((await to("http://user:canary@127.0.0.1:1/x?Signature=canary")).message).toContain(
      "redirects to http://127.0.0.1:1 with a user name, which is not followed",
    );
  });

  it("do not lead from https to http, where others could read along", async () => {
    const seen: string[] = [];
    const fetch = redirecting(async (url) => {
      seen.push(url.href);
      return new Response(null, { status: 302, headers: { Location: "http://cdn.invalid/x" } });
    });
    const error = await hubError(fetch("https://hub.invalid/x", {}, () => {}));
    expect(error.message).toContain("redirects to http://cdn.invalid, which is not followed");
    expect(seen).toEqual(["https://hub.invalid/x"]);
  });

  it("each have the time that one answer has", async () => {
    at.hub.intercept = (request, response) => {
      const asked = new URL(request.url!, at.hub.url);
      const hops = Number(asked.searchParams.get("hops"));
      if (!asked.pathname.startsWith("/api/models/") || hops === 4) return false;
      const Location = `${asked.pathname}?hops=${hops + 1}`;
      setTimeout(() => response.writeHead(302, { Location }).end(), 250);
      return true;
    };
    const patience = { waits: [], idle: 800 };
    expect((await at.open("gpt2", { patience })).name).toBe("gpt2");
  });

  it("to another origin and back do not bring the token back", async () => {
    const seen: (string | undefined)[] = [];
    at.hub.intercept = (request, response) => {
      if (request.url !== "/back" && !request.url!.startsWith("/api/models/")) return false;
      seen.push(request.headers.authorization);
      const location = request.url === "/back" ? `${at.hub.url}/last` : `${at.hub.cdnUrl}/back`;
      return response.writeHead(302, { Location: location }).end() !== undefined;
    };
    await hubError(at.open("gpt2", { token: TOKEN }));
    expect(seen).toEqual([`Bearer ${TOKEN}`, undefined]);
    expect(at.hub.requests.at(-1)).toMatchObject({ url: "/last", authorization: undefined });
  });
});
