import { rangeError } from "../../errors.ts";
import type { Environment } from "./hub-environment.ts";

/** `fetch` for one address, as the platform has it. */
export type PlainFetch = (url: URL, init: RequestInit) => Promise<Response>;

/**
 * `fetch` through the proxy that the environment names; undefined if it names none. The variables are
 * those of curl and of Python's requests: HTTPS_PROXY and HTTP_PROXY (the latter also for https where
 * the first is not set, as Node has it), and NO_PROXY for hosts that are asked without; names in small
 * letters come first. Node 20 itself looks at none of them.
 *
 * @throws {RangeError} if what a variable holds is no address of a proxy.
 */
export async function proxiedFetch(env: Environment): Promise<PlainFetch | undefined> {
  const httpsProxy = proxyOf(env, "https_proxy");
  const httpProxy = proxyOf(env, "http_proxy");
  if (httpsProxy === "" && httpProxy === "") return undefined;
  // loaded here, since few need it
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const noProxy = env.no_proxy ?? env.NO_PROXY ?? "";
  const dispatcher = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy });
  return (url, init) => fetch(url, { ...init, dispatcher });
}

function proxyOf(env: Environment, name: string): string {
  const used = env[name] === undefined ? name.toUpperCase() : name;
  const value = env[used]?.trim() ?? "";
  if (value === "") return "";
  const address = value.includes("://") ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return address;
  // not repeated: it may hold a password
  throw rangeError(`${used}: expected the address of a proxy such as http://proxy:3128`);
}
