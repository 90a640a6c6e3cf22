import { expect } from '@jest/globals';

/** The text of the usage error that an action raises. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toMatchObject({ code: 'USAGE', name: 'UsageError' });
    expect(error).not.toHaveProperty('cause');
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was not refused');
}
