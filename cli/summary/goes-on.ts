import type { JobId } from '../../functions/core/ids.ts';

/**
 * What goes on with a job that has work left. One of a stack may have begun by an upload, an event or the clock: nobody has a command to
 * repeat. `option` is what commands about it need besides: empty, or ` --stack NAME`.
 */
export function goesOn(id: JobId, option: string): string {
  return option === '' ? 'the same command' : `orthanc-migrate resume ${id}${option}`;
}
