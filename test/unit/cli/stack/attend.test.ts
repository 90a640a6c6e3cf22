import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { attend } from '../../../../cli/stack/attend.ts';
import type { Stack } from '../../../../cli/stack/client.ts';
import { stackError } from '../../../../cli/stack/errors.ts';
import type { JobState } from '../../../../functions/core/job.ts';
import { job, jobId } from '../../../contract/samples.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A stack that notes what it is asked; `tick` is under way until `endTick`. */
function stackOf(state: JobState, failures: Error[] = []) {
  const asked: string[] = [];
  let endTick: (error?: Error) => void = () => undefined;
  const ask = async (type: string): Promise<unknown> => {
    asked.push(type);
    if (type === 'tick')
      return new Promise((resolve, reject) => (endTick = (error) => (error ? reject(error) : resolve({}))));
    const failure = failures.shift();
    if (failure) throw failure;
    return { progress: { job: job({ state }) }, now: 0 };
  };
  const stack = { name: 'archive', ask, close: () => undefined } as unknown as Stack;
  return { stack, ticks: () => asked.filter((type) => type === 'tick').length, endTick: (e?: Error) => endTick(e) };
}

test('GIVEN a job that is looked at THEN the stack supervises at most every ten seconds, and never twice at once', async () => {
  const { stack, ticks, endTick } = stackOf('running');
  const notes: string[] = [];
  const look = attend(stack, (line) => notes.push(line));
  await look(jobId());
  await jest.advanceTimersByTimeAsync(9_900);
  await look(jobId());
  expect(ticks()).toBe(0);
  await jest.advanceTimersByTimeAsync(200);
  await look(jobId());
  await jest.advanceTimersByTimeAsync(60_000);
  await look(jobId());
  expect(ticks()).toBe(1);
  endTick(new Error('the table is away'));
  await jest.advanceTimersByTimeAsync(9_000);
  await look(jobId());
  expect(ticks()).toBe(1);
  expect(notes).toEqual(['a supervision failed, and comes again: the table is away']);
  await jest.advanceTimersByTimeAsync(2_000);
  await look(jobId());
  expect(ticks()).toBe(2);
});

test('GIVEN a job that has ended THEN nothing is supervised for it', async () => {
  const { stack, ticks } = stackOf('completed');
  const look = attend(stack, () => undefined);
  await jest.advanceTimersByTimeAsync(60_000);
  await look(jobId());
  expect(ticks()).toBe(0);
});

const busy = () => stackError({ name: 'TooManyRequestsException' }, 'archive', 'eu-central-1');

test('GIVEN a stack that is busy for a while THEN it is asked again; GIVEN one that refuses THEN it is not', async () => {
  const notes: string[] = [];
  const looking = attend(stackOf('running', [busy(), busy()]).stack, (line) => notes.push(line))(jobId());
  await jest.advanceTimersByTimeAsync(10_000);
  expect((await looking).progress.job.state).toBe('running');
  expect(notes).toHaveLength(2);
  const denied = stackError({ name: 'AccessDeniedException' }, 'archive', 'eu-central-1');
  await expect(attend(stackOf('running', [denied]).stack, () => undefined)(jobId())).rejects.toBe(denied);
});

test('GIVEN a stack that stays busy THEN the following ends after some minutes', async () => {
  const failures = Array.from({ length: 1000 }, busy);
  const looking = attend(stackOf('running', failures).stack, () => undefined)(jobId());
  const ended = expect(looking).rejects.toMatchObject({ code: 'STACK_BUSY' });
  await jest.advanceTimersByTimeAsync(6 * 60_000);
  await ended;
});
