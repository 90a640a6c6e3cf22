import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import type { Ended } from '../../support/command-line.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import type { Fault } from '../../support/fault-rules.ts';
import { type Comparison, compareServers, type EvidenceReport } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import type { OrthancVersion } from '../../support/orthanc-binaries.ts';
import type { SmallDisk } from '../../support/small-disk.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';
import { type DeadLetter, replication, storedInstances } from './replication.ts';

export const INSTANCES = 300;
export const POSTS = { method: 'POST', path: '/instances' };
/**
 * How fast they go: for 24 s, so that there is a middle to break. A server that is asked to stop serves what it is sent until
 * it has, which can take some seconds, and one that starts again is busy before anybody looks.
 */
const BANDWIDTH = '256k';
/** So many have arrived when the outage begins. */
const BEGUN = 40;

/** An outage between two servers, and what the whole job looked like. */
export interface Observed {
  readonly ended: Ended;
  /** In the middle of the outage. */
  readonly status: string;
  /** In the target when the outage ended: it was in the middle of the job. */
  readonly arrived: number;
  readonly comparison: Comparison;
  readonly evidence: EvidenceReport;
  readonly deadLetters: readonly DeadLetter[];
}

export interface Pair {
  readonly source: RunningOrthanc;
  readonly target: RunningOrthanc;
  /** In front of the target. */
  readonly proxy: FaultProxy;
}

export interface Outage {
  readonly seconds: number;
  /** What `status` has to say meanwhile. */
  readonly says: RegExp;
  begin(pair: Pair): Promise<void>;
  end(pair: Pair): Promise<void>;
}

export async function withSource<T>(version: OrthancVersion, use: (source: RunningOrthanc) => Promise<T>): Promise<T> {
  const source = await startOrthanc({ version });
  try {
    await upload(source.url, archive({ studies: 6, instancesPerStudy: INSTANCES / 6, bytes: 20_000 }));
    return await use(source);
  } finally {
    await source.stop();
  }
}

/** Runs a job through an outage, from which nobody helps it. */
export async function endure(source: RunningOrthanc, target: RunningOrthanc, outage: Outage): Promise<Observed> {
  const proxy = await startFaultProxy(target.url);
  const job = await replication(source.url, proxy.url);
  const pair = { source, target, proxy };
  try {
    const middle = Promise.withResolvers<void>();
    // From within the traffic: on a busy machine whoever only watches it may come too late.
    const begin = () => outage.begin(pair).then(middle.resolve, middle.reject);
    await proxy.fault({ ...POSTS, skip: BEGUN, times: 1, kind: 'run', when: 'before', run: begin });
    const running = job.start('--bwlimit', BANDWIDTH);
    const tooSoon = running.ended.then(({ stdout, stderr }) => Promise.reject(new Error(`${stdout}\n${stderr}`)));
    tooSoon.catch(() => undefined);
    await Promise.race([middle.promise, tooSoon]);
    const begun = Date.now();
    const status = await job.untilStatus(outage.says);
    await sleep(Math.max(0, begun + outage.seconds * 1000 - Date.now()));
    await outage.end(pair);
    const arrived = await storedInstances(target.url);
    const ended = await running.ended;
    return {
      ended,
      status,
      arrived,
      comparison: await compareServers(source, target),
      evidence: await job.evidence(),
      deadLetters: job.deadLetters(),
    };
  } finally {
    await proxy.stop();
    await job.remove();
  }
}

/** The target's gateway gives its own answers. */
export function faulty(fault: Fault, says: RegExp): Outage {
  return {
    seconds: 30,
    says,
    begin: async ({ proxy }) => void (await proxy.fault(fault)),
    end: ({ proxy }) => proxy.clear(),
  };
}

/** The target's disk has no room left, and is given some again. */
export function filled(disk: SmallDisk): Outage {
  return { seconds: 30, says: /blocked: FULL since/, begin: () => disk.fill(), end: () => disk.free() };
}

/** A server that is ended, and comes back as it was. */
export function stopped(side: 'source' | 'target', signal: NodeJS.Signals): Outage {
  return {
    seconds: 60,
    says: /blocked: UNREACHABLE since .*\n.*(ECONNREFUSED|reset|closed)/,
    async begin(pair) {
      process.kill(pair[side].pid, signal);
      await until('the server has ended', () => !pair[side].running(), 90);
    },
    end: (pair) => pair[side].restart(),
  };
}

/** It ended well, nothing failed meanwhile, and no attempt was spent on waiting. */
export function expectPatience(seen: Observed): void {
  expect(seen.arrived).toBeLessThan(INSTANCES);
  // First what shows most of what went wrong.
  expect(seen.evidence.rows.filter(({ outcome }) => outcome !== 'success')).toEqual([]);
  expect(seen.ended).toMatchObject({ code: 0 });
  expect(seen.ended.stdout).toMatch(/: completed after .*/);
  expect(seen.comparison).toMatchObject({ target: INSTANCES, contained: true });
  expect(seen.evidence).toMatchObject({ problems: [], byOutcome: { success: INSTANCES } });
  expect(seen.deadLetters).toEqual([]);
  // What arrived unseen in the outage was found there afterwards, without an attempt; everything else took one.
  const spent = seen.evidence.rows.map(({ code, attempts }) => `${code} ${attempts}`);
  const others = spent.filter((one) => one !== 'STORED 1' && one !== 'ALREADY_PRESENT 0');
  expect(others).toEqual([]);
}

/** @param storage a directory for all that it keeps; one of its own by default. */
export async function withTarget<T>(
  version: OrthancVersion,
  use: (target: RunningOrthanc) => Promise<T>,
  storage?: string,
): Promise<T> {
  const target = await startOrthanc({ version, ...(storage !== undefined && { storage }) });
  try {
    return await use(target);
  } finally {
    await target.stop();
  }
}
