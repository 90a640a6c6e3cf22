import { parseArgs } from 'node:util';

/** What is moved, into what, and how often. */
export interface Options {
  readonly rounds: number;
  readonly instances: number;
  readonly perStudy: number;
  /** Instances that each target holds from the beginning. */
  readonly held: number;
  /** A storage folder that holds as many already, from a server of the target's version. */
  readonly storage: string | undefined;
}

/** In the first lines of `replicate.ts` and `import.ts`. */
export function options(): Options {
  const text = (preset: string) => ({ type: 'string', default: preset }) as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      instances: text('3000'),
      'per-study': text('100'),
      held: text('0'),
      storage: { type: 'string' },
    },
  });
  return {
    rounds: Number(positionals[0] ?? 5),
    instances: Number(values.instances),
    perStudy: Number(values['per-study']),
    held: Number(values.held),
    storage: values.storage,
  };
}
