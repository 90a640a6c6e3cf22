import { ENV } from '../../functions/environment.ts';
import { evidencePrefix } from '../../functions/evidence/manifest.ts';
import type { JobsPlace } from '../jobs-place.ts';
import { attend } from './attend.ts';
import type { Stack } from './client.ts';
import { StackEvidence } from './evidence.ts';

/** The jobs of a stack. */
export function stackJobs(stack: Stack): JobsPlace {
  return {
    ask: stack.ask,
    attend: (note) => attend(stack, note),
    option: ` --stack ${stack.name}`,
    shownState: ({ state }) => state,
    workingPid: () => undefined,
    evidence: (job) => new StackEvidence(stack, job),
    content: async (job) => (await stack.ask('content', { job })).content,
    evidencePlace: async (job) => {
      const { environment } = await stack.ask('environment', {});
      return `s3://${environment[ENV.evidenceBucket]}/${evidencePrefix(job)}`;
    },
  };
}
