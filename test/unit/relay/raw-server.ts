import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../../functions/core/endpoint.ts';
import type { EndpointName, Md5, OrthancId } from '../../../functions/core/ids.ts';
import { fillNoise } from '../../support/noise.ts';

export const INSTANCE = 'a8798ea9-793ff2a9-80ef7a33-5ba2f936-fdc00310' as OrthancId;

/** One connection as the server sees it, so that a test can tell step by step what the server does. */
export class Peer {
  readonly socket: Socket;
  #pieces: Buffer[] = [];
  #length = 0;
  #ended = false;
  #changed: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#length += piece.length;
      this.#changed();
    });
    // Resets are what many of these tests are about.
    socket.on('error', () => undefined);
    const end = () => {
      this.#ended = true;
      this.#changed();
    };
    socket.on('end', end).on('close', end);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The head of the next request; `undefined` when the client closed before. */
  async head(): Promise<string | undefined> {
    const complete = await this.#until(() => this.#joined().includes('\r\n\r\n'));
    if (!complete) return undefined;
    return this.#take(this.#joined().indexOf('\r\n\r\n') + 4).toString('latin1');
  }

  /** The next bytes; fewer when the client closed before. */
  async bytes(count: number): Promise<Buffer> {
    await this.#until(() => this.#length >= count);
    return this.#take(Math.min(count, this.#length));
  }

  send(data: string | Buffer): void {
    this.socket.write(data);
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }

  #take(count: number): Buffer {
    const all = this.#joined();
    this.#pieces = [all.subarray(count)];
    this.#length -= count;
    return all.subarray(0, count);
  }

  async #until(reached: () => boolean): Promise<boolean> {
    while (!reached() && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return reached();
  }
}

export interface RawServer {
  readonly endpoint: Endpoint;
  readonly server: Server;
  /** How many connections were made so far. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/** `script` tells what happens on each connection; the first has number 0. */
export async function listen(
  script: (peer: Peer, number: number) => Promise<void>,
  create: (listener: (socket: Socket) => void) => Server = createServer,
): Promise<RawServer> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = create((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    void script(new Peer(socket), connections++);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: endpointAt(`http://127.0.0.1:${port}/`),
    server,
    open,
    get connections() {
      return connections;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

export function endpointAt(url: string): Endpoint {
  return { name: 'test' as EndpointName, url: new URL(url) };
}

export function recordedOf(file: Buffer): { readonly size: number; readonly md5: Md5 } {
  return { size: file.length, md5: createHash('md5').update(file).digest('hex') as Md5 };
}

/** Bytes that look random and are always the same. */
export function fileOf(bytes: number, seed = 1): Buffer {
  const file = Buffer.allocUnsafe(bytes);
  fillNoise(file, seed);
  return file;
}

export function answer(status: number, body: string | Buffer, headers: readonly string[] = []): Buffer {
  const lines = [`HTTP/1.1 ${status} Text`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n')), Buffer.from(body)]);
}

/** Orthanc's description of an error. */
export function orthancError(httpStatus: number, orthancStatus: number): Buffer {
  const body = { HttpStatus: httpStatus, OrthancStatus: orthancStatus, OrthancError: 'text', Method: 'POST' };
  return answer(httpStatus, JSON.stringify(body), ['Content-Type: application/json']);
}

export function storedAnswer(status = 'Success', headers: readonly string[] = []): Buffer {
  const body = { ID: INSTANCE, Path: `/instances/${INSTANCE}`, ParentStudy: 'x', Status: status };
  return answer(200, JSON.stringify(body), ['Content-Type: application/json', ...headers]);
}

/** A source that serves this file for every request. */
export function serving(file: Buffer, requests: string[] = []): Promise<RawServer> {
  return listen(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      requests.push(head);
      peer.send(answer(200, file, ['Content-Type: application/dicom']));
    }
  });
}

/** A target that stores whole bodies, as Orthanc does. */
export function storing(stored: Buffer[], requests: string[] = []): Promise<RawServer> {
  return listen(async (peer) => {
    for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
      requests.push(head);
      const length = lengthOf(head);
      const body = await peer.bytes(length);
      if (body.length < length) return;
      stored.push(Buffer.from(body));
      peer.send(storedAnswer());
    }
  });
}

/** A target that takes a body in sips, so that the sender has to wait again and again. */
export async function sipping(peer: Peer, stored: Buffer[]): Promise<void> {
  const sips = setInterval(() => {
    peer.socket.resume();
    setImmediate(() => peer.socket.pause());
  }, 2);
  const head = (await peer.head()) ?? '';
  stored.push(await peer.bytes(lengthOf(head)));
  clearInterval(sips);
  peer.socket.resume();
  peer.send(storedAnswer());
}

export function lengthOf(head: string): number {
  return Number(/Content-Length: (\d+)/.exec(head)?.[1]);
}
