import { connect, type Socket } from 'node:net';

/** As little HTTP client as can be: one request at a time over a plain socket, read into one buffer. For servers known to answer well. */
export class PlainClient {
  readonly #host: string;
  readonly #socket: Socket;
  readonly #keepAlive: boolean;
  #collected: Buffer[] = [];
  #missing = -1;
  #answered: PromiseWithResolvers<Buffer> | undefined;

  constructor(url: string, keepAlive: boolean) {
    const { hostname, port, host } = new URL(url);
    this.#host = host;
    this.#keepAlive = keepAlive;
    const buffer = Buffer.allocUnsafeSlow(256 * 1024);
    const callback = (bytes: number) => {
      this.#onRead(buffer.subarray(0, bytes));
      return true;
    };
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } });
    this.#socket.on('error', (error) => this.#answered?.reject(error));
    this.#socket.on('end', () => this.#answered?.reject(new Error('the server closed the connection')));
  }

  get(path: string): Promise<Buffer> {
    return this.#ask(`GET ${path} HTTP/1.1\r\n`);
  }

  post(path: string, body: Buffer): Promise<Buffer> {
    return this.#ask(`POST ${path} HTTP/1.1\r\nContent-Length: ${body.length}\r\n`, body);
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(head: string, body?: Buffer): Promise<Buffer> {
    this.#answered = Promise.withResolvers<Buffer>();
    this.#missing = -1;
    this.#socket.cork();
    this.#socket.write(`${head}Host: ${this.#host}\r\n${this.#keepAlive ? '' : 'Connection: close\r\n'}\r\n`, 'latin1');
    if (body) this.#socket.write(body);
    this.#socket.uncork();
    return this.#answered.promise;
  }

  #onRead(piece: Buffer): void {
    let body = Buffer.from(piece);
    if (this.#missing < 0) {
      const end = piece.indexOf('\r\n\r\n', 0, 'latin1');
      const head = piece.toString('latin1', 0, end);
      const length = /\r\nContent-Length: *(\d+)/i.exec(head)?.[1];
      if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
        this.#answered?.reject(new Error(`not the answer expected: ${piece.toString('latin1', 0, 300)}`));
        return;
      }
      this.#missing = Number(length);
      this.#collected = [];
      body = body.subarray(end + 4);
    }
    this.#collected.push(body);
    this.#missing -= body.length;
    if (this.#missing <= 0) this.#answered?.resolve(Buffer.concat(this.#collected));
  }
}

/** Posts files as fast as the server takes them: what no replication can be faster than. */
export async function postAll(url: string, files: readonly Buffer[], connections: number): Promise<void> {
  const rest = files.values();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new PlainClient(url, true);
      for (const file of rest) await client.post('/instances', file);
      client.close();
    }),
  );
}
