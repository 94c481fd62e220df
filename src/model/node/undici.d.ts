/**
 * What is used of undici. Its own types describe fetch's classes anew, and do not fit those of the
 * platform.
 */
declare module "undici" {
  export class EnvHttpProxyAgent {
    constructor(options: { httpProxy?: string; httpsProxy?: string; noProxy?: string });
  }
  export function fetch(
    url: string | URL,
    init: RequestInit & { dispatcher: EnvHttpProxyAgent },
  ): Promise<Response>;
}
