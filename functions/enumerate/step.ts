import type { OrthancId } from '../core/ids.ts';
import type { Checkpoint, Cursor, Job } from '../core/job.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import type { OrthancServer } from '../orthanc/server.ts';

/** What a stage of the enumeration works with. */
export interface Enumeration {
  readonly ports: Ports;
  readonly job: Job;
  readonly checkpoint: Checkpoint;
  readonly source: OrthancServer;
  /** Connected when it is first needed. */
  readonly target: () => Promise<OrthancServer>;
  readonly deadline: Deadline;
}

/** What one step of a stage brings: the chunks of the next plan page (none: no page is written) and where to go on. */
export interface Step {
  readonly chunks: readonly (readonly PlanEntry[])[];
  readonly next: Cursor;
  /** Only for pages made from a sorted study list. */
  readonly studies?: { readonly first: OrthancId; readonly last: OrthancId };
  /** What the step found out about the round. */
  readonly learned?: Pick<Partial<Checkpoint>, 'cutOff' | 'changesSince' | 'studies'>;
}

/** A stage should return what it has when less than this is left; milliseconds. */
export const STEP_MARGIN_MS = 20_000;

export function moveTo(next: Cursor, learned?: Step['learned']): Step {
  return { chunks: [], next, ...(learned && { learned }) };
}
