import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Endpoint } from '../../core/endpoint.ts';
import type { ReadInto } from './connection.ts';

/** How to open sockets to one server. */
export interface Dialer {
  readonly secure: boolean;
  open(into: ReadInto): Socket;
}

export function dialerOf(endpoint: Endpoint): Dialer {
  const { url, tls } = endpoint;
  // A URL holds an IPv6 address in brackets, a socket takes it without.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  if (!secure) return { secure, open: (onread) => connect({ host, port, noDelay: true, onread }) };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return {
    secure,
    open(onread) {
      // `onread` is documented for tls.connect, but the types do not know it.
      const options: ConnectionOptions & { onread: ReadInto } = { host, port, ...tls, ...servername, onread };
      const socket = connectTls(options);
      socket.setNoDelay(true);
      return socket;
    },
  };
}
