import type { DicomFacts } from '../../functions/core/content.ts';
import { NO_COUNTS } from '../../functions/core/counts.ts';
import {
  type EndpointName,
  type FileItem,
  type FileKey,
  fileItem,
  type JobId,
  type OrthancId,
} from '../../functions/core/ids.ts';
import type { Checkpoint, Job } from '../../functions/core/job.ts';
import type { OutcomeRow } from '../../functions/core/outcome.ts';
import type { ChunkState, FileEntry, PlanPage } from '../../functions/core/plan.ts';
import type { Finding } from '../../functions/core/ports.ts';

export const SOURCE = 'http://source:8042/' as EndpointName;
export const TARGET = 'http://target:8042/' as EndpointName;

export function jobId(text = 'job-1'): JobId {
  return text as JobId;
}

/** An Orthanc ID whose order is that of `n`. */
export function instance(n: number): OrthancId {
  const group = n.toString(16).padStart(8, '0');
  return [group, group, group, group, group].join('-') as OrthancId;
}

export function job(over: Partial<Job> = {}): Job {
  return {
    v: 1,
    id: jobId(),
    revision: 1,
    kind: 'replicate',
    source: SOURCE,
    target: TARGET,
    options: { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 1000 },
    state: 'requested',
    round: 0,
    createdAt: 1000,
    updatedAt: 1000,
    settled: NO_COUNTS,
    harvested: { pages: 0, counts: NO_COUNTS },
    resumedAt: 1000,
    baseline: { failure: 0, final: 0 },
    ...over,
  };
}

export function checkpoint(over: Partial<Checkpoint> = {}): Checkpoint {
  return {
    v: 1,
    job: jobId(),
    round: 1,
    kind: 'load',
    revision: 1,
    nextPage: 0,
    cursor: { stage: 'start' },
    planned: { pages: 0, chunks: 0, instances: 0, bytes: 0 },
    notBefore: 0,
    lastChance: false,
    ...over,
  };
}

export function chunk(over: Partial<ChunkState> = {}): ChunkState {
  return {
    offset: 0,
    length: 100,
    instances: 2,
    bytes: 2000,
    state: 'planned',
    started: 0,
    returned: 0,
    crashes: 0,
    ...over,
  };
}

export function page(over: Partial<PlanPage> = {}): PlanPage {
  return {
    v: 1,
    job: jobId(),
    round: 1,
    page: 0,
    object: 'jobs/job-1/plan/1/0.ndjson',
    next: { stage: 'done' },
    replaces: NO_COUNTS,
    chunks: [chunk(), chunk({ offset: 100 }), chunk({ offset: 200 })],
    harvested: false,
    ...over,
  };
}

export function row(id: OrthancId, over: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    v: 1,
    ts: '2024-01-01T00:00:00.000Z',
    jobId: jobId(),
    instance: id,
    outcome: 'failure',
    code: 'TARGET_REFUSED',
    sentByUs: 'no',
    attempts: 1,
    durationMs: 5,
    ...over,
  };
}

export function finding(n: number, round = 1, over: Partial<Finding> = {}): Finding {
  return { job: jobId(), item: instance(n), round, row: row(instance(n)), reopened: false, ...over };
}

/** A file whose name has the order of `n`. */
export function file(n: number): FileKey {
  return `/dump/${String(n).padStart(4, '0')}` as FileKey;
}

export function item(n: number): FileItem {
  return fileItem(file(n));
}

/** The n-th file: a complete image, unless it is said otherwise. */
export function fileEntry(n: number, dicom: Partial<DicomFacts> = {}, over: Partial<FileEntry> = {}): FileEntry {
  const facts = { instance: instance(1), study: instance(0), uncertain: false, pixels: 'present', ...dicom } as const;
  return {
    id: item(n),
    file: file(n),
    size: 1000,
    version: '1',
    content: { kind: 'dicom', layers: [], size: 1000, dicom: facts },
    ...over,
  };
}

/** A failure of the n-th file. */
export function fileFinding(n: number, round = 1, over: Partial<Finding> = {}): Finding {
  const { instance: _, ...common } = row(instance(1), { code: 'FILE_DAMAGED' });
  return { job: jobId(), item: item(n), round, row: { ...common, file: file(n) }, reopened: false, ...over };
}
