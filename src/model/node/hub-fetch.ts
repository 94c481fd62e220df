import { HubError } from "../../errors.ts";
import { type HubFetch, isOfHub } from "../hub/answer.ts";
import type { PlainFetch } from "./hub-proxy.ts";

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * `fetch` that follows redirects itself, because what the hub says about a file (X-Linked-ETag,
 * X-Linked-Size) stands in the redirect to its storage and not in the storage's answer.
 *
 * Authorization goes to the first origin only, and no redirect leads from https to http.
 */
export function redirecting(plain: PlainFetch): HubFetch {
  return async (url, init, onRedirect) => {
    const headers = new Headers(init.headers);
    let current = new URL(url);
    let hub = new Headers();
    let left = false;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await plain(current, { ...init, headers, redirect: "manual" });
      // a mirror may lead to another hub, which knows more than the mirror; a storage does not
      if (!left || isOfHub(response.headers)) hub = response.headers;
      const location = response.headers.get("Location");
      if (!REDIRECTS.has(response.status) || location === null)
        return { response, url: current.href, hub };

      await response.body?.cancel();
      onRedirect();
      const next = target(location, current, url);
      if (next.origin !== current.origin) {
        left = true;
        headers.delete("Authorization");
      }
      current = next;
    }
    throw new HubError(
      `more than ${MOST_REDIRECTS} redirects (look at HF_ENDPOINT, or for a proxy that leads in a circle): ${url}`,
      { url },
    );
  };
}

function target(location: string, from: URL, url: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const allowed = from.protocol === "https:" ? ["https:"] : ["https:", "http:"];
  const hasUser = next !== undefined && (next.username !== "" || next.password !== "");
  if (next === undefined || hasUser || !allowed.includes(next.protocol)) {
    const place = `${next?.protocol}//${next?.host}`;
    const kind = next === undefined ? "no address" : hasUser ? `${place} with a user name` : place;
    throw new HubError(`${from.origin} redirects to ${kind}, which is not followed: ${url}`, {
      url,
    });
  }
  return next;
}
