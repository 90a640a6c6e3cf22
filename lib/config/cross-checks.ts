import * as z from 'zod';
import type { Problem } from './problem.ts';

/**
 * As much of the document as names other parts of it. Everything is optional and nothing is refused, so that these mistakes are found
 * beside those of the schema, and not only once the latter are repaired.
 */
const text = z.string().optional().catch(undefined);
const loose = z.object({
  endpoints: z
    .record(z.string(), z.object({ worker: z.boolean().optional().catch(undefined) }).catch({}))
    .optional()
    .catch(undefined),
  uploads: z.object({ target: text }).optional().catch(undefined),
  dumpBuckets: z.array(z.string()).catch([]).default([]),
  schedules: z
    .record(z.string(), z.object({ source: text, target: text }).catch({}))
    .catch({})
    .default({}),
});
type Loose = z.output<typeof loose>;

/** Mistakes between the parts of a document, each of which may be right for itself. */
export function crossChecks(document: unknown): readonly Problem[] {
  const { data } = loose.safeParse(document);
  if (!data) return [];
  return [...unknownEndpoints(data), ...sameServer(data), ...uploadsToWorker(data), ...repeatedBuckets(data)];
}

function unknownEndpoints({ endpoints, uploads, schedules }: Loose): Problem[] {
  if (!endpoints) return [];
  const known = Object.keys(endpoints);
  const uses: [string, string | undefined][] = [['uploads.target', uploads?.target]];
  for (const [name, { source, target }] of Object.entries(schedules))
    uses.push([`schedules.${name}.source`, source], [`schedules.${name}.target`, target]);
  return uses.flatMap(([path, name]) =>
    name === undefined || known.includes(name)
      ? []
      : [
          {
            path,
            message: `there is no endpoint "${name}"; name one of endpoints (${known.join(', ')}), or add it there`,
          },
        ],
  );
}

function sameServer({ schedules }: Loose): Problem[] {
  return Object.entries(schedules).flatMap(([name, { source, target }]) =>
    source !== undefined && source === target
      ? [{ path: `schedules.${name}`, message: `source and target are both "${source}"; name two servers` }]
      : [],
  );
}

function uploadsToWorker({ endpoints = {}, uploads }: Loose): Problem[] {
  if (uploads?.target === undefined || endpoints[uploads.target]?.worker !== true) return [];
  const message = `only a worker reaches "${uploads.target}", but functions import uploads; name a target that they reach`;
  return [{ path: 'uploads.target', message }];
}

function repeatedBuckets({ dumpBuckets }: Loose): Problem[] {
  return dumpBuckets.flatMap((bucket, index) =>
    dumpBuckets.indexOf(bucket) < index
      ? [{ path: `dumpBuckets.${index}`, message: `"${bucket}" is listed twice; remove it here` }]
      : [],
  );
}
