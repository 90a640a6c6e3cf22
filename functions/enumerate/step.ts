import type { StorageKeys } from '../core/content.ts';
import type { Dump } from '../core/dump.ts';
import type { OrthancId } from '../core/ids.ts';
import type { Checkpoint, Cursor, Job } from '../core/job.ts';
import type { FileEntry, PlanEntry } from '../core/plan.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import type { OrthancServer } from '../orthanc/server.ts';

interface Planning {
  readonly ports: Ports;
  readonly job: Job;
  readonly checkpoint: Checkpoint;
  readonly deadline: Deadline;
}

/** What a stage of the enumeration of a server works with. */
export interface Enumeration extends Planning {
  readonly source: OrthancServer;
  /** Connected when it is first needed. */
  readonly target: () => Promise<OrthancServer>;
}

/** What a stage of the enumeration of a dump works with. */
export interface DumpEnumeration extends Planning {
  readonly dump: Dump;
  readonly keys: StorageKeys;
  /** An archive larger than this (bytes) cannot be read to its end in the time that there is. */
  readonly largestArchive: number;
  /** How the target reads texts without SpecificCharacterSet, by Orthanc's name; absent where it does not tell. */
  readonly defaultEncoding?: string;
}

/** What one step of a stage brings: the chunks of the next plan page (none: no page is written) and where to go on. */
export interface Step {
  readonly chunks: readonly (readonly PlanEntry[])[];
  readonly next: Cursor;
  /** Files to be planned once the dump is read to its end. */
  readonly held?: readonly FileEntry[];
  /** Only for pages made from a sorted study list. */
  readonly studies?: { readonly first: OrthancId; readonly last: OrthancId };
  /** There is nothing more to plan for now. */
  readonly rest?: true;
  /** What the step found out about the round. */
  readonly learned?: Pick<Partial<Checkpoint>, 'cutOff' | 'changesSince' | 'studies'>;
}

/** A stage should return what it has when less than this is left; milliseconds. */
export const STEP_MARGIN_MS = 20_000;

export function moveTo(next: Cursor, learned?: Step['learned']): Step {
  return { chunks: [], next, ...(learned && { learned }) };
}
