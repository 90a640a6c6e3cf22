import type { Answers } from '../../functions/control/answers.ts';
import { cancel } from '../../functions/control/cancel.ts';
import { listFailures } from '../../functions/control/failures.ts';
import { listJobs } from '../../functions/control/jobs.ts';
import { changeLimits } from '../../functions/control/limits.ts';
import type { Requests } from '../../functions/control/requests.ts';
import { tellStatus } from '../../functions/control/status.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { dumpContentOf } from '../../functions/evidence/dump-content.ts';
import { evidenceFolder } from '../evidence/manifest.ts';
import type { JobsPlace, LookType } from '../jobs-place.ts';
import { shownState, workingProcess } from './running.ts';
import { localPorts, type State } from './state.ts';

const LOOKS: { readonly [T in LookType]: (ports: Ports, request: Requests[T]) => Promise<Answers[T]> } = {
  jobs: listJobs,
  status: tellStatus,
  failures: listFailures,
  cancel,
  limits: async ({ store }, { target, changes }) => ({ limits: await changeLimits(store, target, changes) }),
};

/** The jobs of a state directory: what a stack is asked by an invocation is done here at once. */
export function localJobs(state: State): JobsPlace {
  const ports = localPorts(state);
  return {
    ask: (type, request) => LOOKS[type](ports, request),
    attend: () => (job) => tellStatus(ports, { job }),
    option: '',
    shownState: (job) => shownState(state, job),
    workingPid: () => workingProcess(state)?.pid,
    evidence: () => state.objects,
    evidencePlace: async (job) => evidenceFolder(state.directory, job),
    content: (job) => dumpContentOf(ports, job),
  };
}
