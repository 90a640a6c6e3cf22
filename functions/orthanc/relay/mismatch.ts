import type { Md5 } from '../../core/ids.ts';
import type { RelayResult } from '../server.ts';

/**
 * The bytes of a body are not those that were announced. Becomes a `mismatch` result. Without MD5 they did not all come, or too
 * many: a source announces another length, or ends the connection in an orderly way within the body. Orthanc 1.10.1 does the
 * latter, after no byte at all, with files beyond 2 GiB; but a server that is just killed does so, too.
 */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  readonly result: RelayResult;

  constructor(bytes: number, expectedBytes: number, md5?: Md5) {
    super('other bytes came than were announced');
    this.result = { kind: 'mismatch', bytes, expectedBytes, ...(md5 === undefined ? {} : { md5 }) };
  }
}
