import { connect, type Socket } from 'node:net';

export interface Said {
  status: number;
  body: string;
}

/**
 * One kept-alive HTTP connection that asks one thing at a time. It reads just as much of HTTP as
 * both servers speak (a length, no chunks), so that the load takes as little as possible of the
 * processors that it shares with what it measures.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #head: string;
  #seen = Buffer.alloc(0);
  #waiting: { resolve: (said: Said) => void; reject: (fault: Error) => void } | null = null;

  constructor(port: number, token: string) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#head = `Host: localhost:${port}\r\nAuthorization: Bearer ${token}\r\n`;
    this.#socket.on('data', chunk => {
      this.#seen = this.#seen.length === 0 ? chunk : Buffer.concat([this.#seen, chunk]);
      this.#read();
    });
    this.#socket.on('error', fault => this.#waiting?.reject(fault));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('The connection was closed.')));
  }

  ask(method: string, path: string, body?: string, type = 'application/scim+json'): Promise<Said> {
    const said = new Promise<Said>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    const content =
      body === undefined
        ? ''
        : `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${this.#head}${content}\r\n${body ?? ''}`);
    return said;
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #read(): void {
    const end = this.#seen.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#seen.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const length =
      status === 204 || status === 304
        ? 0
        : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length))
      return this.#waiting?.reject(new Error(`An answer without a length: ${head}`));
    if (this.#seen.length < end + 4 + length) return;
    const body = this.#seen.toString('utf8', end + 4, end + 4 + length);
    this.#seen = this.#seen.subarray(end + 4 + length);
    const { resolve } = this.#waiting ?? {};
    this.#waiting = null;
    resolve?.({ status, body });
  }
}
