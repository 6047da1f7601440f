// A reverse proxy as plants have them: it says for whom it asks, and hands requests and sockets on.

import http from 'node:http';
import net from 'node:net';

export interface Rule {
  /** What it listens for. */
  prefix: string;
  /** Takes the prefix away before it hands on. */
  strips: boolean;
  /** Where the server is. */
  port: number;
}

export class Proxy {
  /** Paths that were asked for outside its prefix: nobody else is there. */
  readonly strays: string[] = [];

  private constructor(
    private readonly server: http.Server,
    readonly port: number,
  ) {}

  static async start(port: number, rule: Rule): Promise<Proxy> {
    const server = http.createServer((request, response) => {
      const path = proxy.path(rule, request.url ?? '/');
      if (path === undefined) {
        response.writeHead(404).end('nobody is here');
        return;
      }
      const onward = http.request({ port: rule.port, host: '127.0.0.1', path, method: request.method, headers: told(request) }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    server.on('upgrade', (request, socket, head) => {
      const path = proxy.path(rule, request.url ?? '/');
      if (path === undefined) return socket.destroy();
      const onward = net.connect(rule.port, '127.0.0.1', () => {
        const lines = Object.entries(told(request)).map(([name, value]) => `${name}: ${String(value)}`);
        onward.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      for (const end of [socket, onward]) end.on('error', () => (socket.destroy(), onward.destroy()));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const proxy = new Proxy(server, port);
    return proxy;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private path(rule: Rule, url: string): string | undefined {
    const inside = url === rule.prefix || url.startsWith(`${rule.prefix}/`) || url.startsWith(`${rule.prefix}?`);
    if (!inside) {
      this.strays.push(url);
      return undefined;
    }
    const rest = url.slice(rule.prefix.length);
    return rule.strips ? (rest.startsWith('/') ? rest : `/${rest}`) : url;
  }
}

/** The headers a proxy hands on: those that came, for whom it asks, and the server's own name. */
function told(request: http.IncomingMessage): http.OutgoingHttpHeaders {
  return {
    ...request.headers,
    host: 'upstream.internal',
    'x-forwarded-for': [request.headers['x-forwarded-for'], '203.0.113.7'].filter(Boolean).join(', '),
    'x-forwarded-proto': 'http',
    'x-forwarded-host': request.headers.host,
  };
}
