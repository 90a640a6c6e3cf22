import { join } from 'node:path';
import type { StorageKeys } from '../../../functions/core/content.ts';
import type { Dump, Dumps } from '../../../functions/core/dump.ts';
import { FatalError } from '../../../functions/core/errors.ts';
import type { EndpointName, FileKey } from '../../../functions/core/ids.ts';
import type { DumpPlaces } from '../../../functions/core/job.ts';
import type { Log, ObjectStore } from '../../../functions/core/ports.ts';
import { readNameList } from '../../../functions/core/stored-lines.ts';
import { type LocalSource, openLocalDump } from './local-dump.ts';

export interface LocalDumpsOptions {
  /** Holds the lists of names that jobs were given. */
  readonly objects: ObjectStore;
  readonly log: Log;
  readonly keys: StorageKeys;
  /** A folder for what is needed while dumps are open. */
  readonly scratch: string;
}

/** Dumps on this machine's file system, each opened when it is first needed. */
export function createLocalDumps({ objects, log, keys, scratch }: LocalDumpsOptions): Dumps {
  const opened = new Map<EndpointName, Promise<Dump>>();
  const open = async (places: DumpPlaces): Promise<Dump> => {
    if ('uploads' in places) throw new FatalError('JOB_DAMAGED', 'uploads cannot be read on one machine');
    const source: LocalSource =
      'roots' in places ? places : { names: lines(await readNameList(objects, places.list)) as FileKey[] };
    const temporary = join(scratch, 'indexes');
    return openLocalDump(source, { temporary, onWarning: (message) => log.warn({}, message) });
  };
  return {
    keys,
    dump({ source: name, dump: places }) {
      const known = opened.get(name);
      if (known) return known;
      const opening = open(places);
      opened.set(name, opening);
      opening.catch(() => opened.delete(name));
      return opening;
    },
    async close() {
      for (const dump of await Promise.allSettled(opened.values()))
        if (dump.status === 'fulfilled') await dump.value.close();
      opened.clear();
    },
  };
}

function lines(body: Uint8Array): string[] {
  return new TextDecoder()
    .decode(body)
    .split('\n')
    .filter((line) => line !== '');
}
