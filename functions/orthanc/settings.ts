import type { Side } from '../core/answer.ts';
import type { ConflictPolicy } from '../core/job.ts';
import type { OrthancServer, SystemInfo } from './server.ts';

/** Something that does not stop a job, but that its operator should know before it runs. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** Settings of the target that endanger what is moved. */
export function targetWarnings(target: OrthancServer, info: SystemInfo, conflict: ConflictPolicy): Warning[] {
  return [
    ...recycling(target, info),
    ...transcoding(target, info),
    ...(conflict === 'overwrite' ? [] : overwriting(target, info)),
    ...md5Warnings(target, 'target', info),
  ];
}

function recycling({ name }: OrthancServer, info: SystemInfo): Warning[] {
  const { maximumPatientCount: patients, maximumStorageSizeMb: megabytes, maximumStorageMode: mode } = info;
  if (patients === undefined || megabytes === undefined) {
    const message =
      `target ${name}: Orthanc ${info.version} does not tell its MaximumStorageSize and MaximumPatientCount; ` +
      'if one is set, it may delete its oldest patients while it receives: check its configuration';
    return [{ code: 'TARGET_LIMITS_UNKNOWN', message }];
  }
  if ((patients === 0 && megabytes === 0) || mode === 'Reject') return [];
  const caps = [patients > 0 ? `${patients} patients` : '', megabytes > 0 ? `${megabytes} MB` : ''].filter(Boolean);
  const message =
    `target ${name}: deletes its oldest patients beyond ${caps.join(' or ')}; ` +
    'set MaximumStorageMode to "Reject" or lift MaximumStorageSize and MaximumPatientCount';
  return [{ code: 'TARGET_RECYCLES', message }];
}

function transcoding({ name }: OrthancServer, info: SystemInfo): Warning[] {
  if (info.ingestTranscoding === undefined) return [];
  const message =
    `target ${name}: IngestTranscoding ${info.ingestTranscoding} changes what it stores, so that equality cannot be ` +
    'proven; switch it off while migrating';
  return [{ code: 'TARGET_TRANSCODES', message }];
}

function overwriting({ name }: OrthancServer, info: SystemInfo): Warning[] {
  if (info.overwriteInstances !== 'always') return [];
  const message =
    `target ${name}: OverwriteInstances replaces a known instance, with its labels, metadata and attachments, whenever ` +
    'somebody sends it again; this product sends only what is missing';
  return [{ code: 'TARGET_OVERWRITES', message }];
}

export function md5Warnings({ name }: OrthancServer, side: Side, info: SystemInfo): Warning[] {
  if (info.storesMd5 !== false) return [];
  const message = `${side} ${name}: StoreMD5ForAttachments is off: instances without a recorded MD5 are compared by size alone`;
  return [{ code: side === 'source' ? 'SOURCE_STORES_NO_MD5' : 'TARGET_STORES_NO_MD5', message }];
}
