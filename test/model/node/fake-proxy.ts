import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A proxy that makes tunnels, as CONNECT asks for them. */
export interface FakeProxy {
  readonly url: string;
  readonly tunnels: Tunnel[];
  /** Requests that were none for a tunnel. */
  readonly others: string[];
  /** What it answers; 200 makes the tunnel. */
  status: number;
  close(): Promise<void>;
}

/** A host that a tunnel was asked to, and what the proxy was told besides. */
export interface Tunnel {
  readonly to: string;
  readonly authorization: string | undefined;
  /** The request for it held the secret. */
  readonly secret: boolean;
  /** All that passed through it from the client. */
  readonly passed: Buffer[];
}

/** @param secret What the proxy must not be told. */
export async function startFakeProxy(secret: string): Promise<FakeProxy> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    proxy.others.push(`${request.method} ${request.url}`);
    response.writeHead(500).end("no tunnel");
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    const passed: Buffer[] = [];
    proxy.tunnels.push({
      to: request.url!,
      authorization: request.headers["proxy-authorization"],
      secret: JSON.stringify(request.headers).includes(secret),
      passed,
    });
    if (proxy.status !== 200) return client.end(`HTTP/1.1 ${proxy.status} no\r\n\r\n`);
    const [host, port] = request.url!.split(":");
    const target = connect(Number(port), host!, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.on("data", (bytes: Buffer) => passed.push(bytes));
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => client.destroy());
    }
    return client;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: FakeProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels: [],
    others: [],
    status: 200,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
