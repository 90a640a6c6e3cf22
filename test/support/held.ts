import type { RunningOrthanc } from './orthanc.ts';

/** How many instances a server holds. */
export async function held({ url, headers }: Pick<RunningOrthanc, 'url' | 'headers'>): Promise<number> {
  const statistics = (await (await fetch(`${url}statistics`, { headers })).json()) as { CountInstances: number };
  return statistics.CountInstances;
}
