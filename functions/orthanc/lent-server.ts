import type { EndpointName } from '../core/ids.ts';
import type { OrthancServer } from './server.ts';

/** Calls `work` with the present client of a server. */
export type Borrow = <R>(work: (server: OrthancServer) => Promise<R>) => Promise<R>;

/** A server each of whose questions goes through whatever client is the present one. `close` is its owner's business. */
export function lentServer(name: EndpointName, borrow: Borrow): OrthancServer {
  return {
    name,
    system: () => borrow((server) => server.system()),
    statistics: () => borrow((server) => server.statistics()),
    identity: (sample) => borrow((server) => server.identity(sample)),
    checkStore: () => borrow((server) => server.checkStore()),
    lastChange: () => borrow((server) => server.lastChange()),
    changes: (since, limit) => borrow((server) => server.changes(since, limit)),
    studies: () => borrow((server) => server.studies()),
    study: (id) => borrow((server) => server.study(id)),
    series: (study) => borrow((server) => server.series(study)),
    instances: (study) => borrow((server) => server.instances(study)),
    describedInstances: (study) => borrow((server) => server.describedInstances(study)),
    studyBytes: (study) => borrow((server) => server.studyBytes(study)),
    studiesOf: (instances) => borrow((server) => server.studiesOf(instances)),
    lookup: (level, value) => borrow((server) => server.lookup(level, value)),
    sopInstanceUid: (instance) => borrow((server) => server.sopInstanceUid(instance)),
    hasPixelData: (instance) => borrow((server) => server.hasPixelData(instance)),
    defaultEncoding: () => borrow((server) => server.defaultEncoding()),
    studiesOfPatient: (patient) => borrow((server) => server.studiesOfPatient(patient)),
    findsByUid: () => borrow((server) => server.findsByUid()),
    recorded: (ids, hints, absence) => borrow((server) => server.recorded(ids, hints, absence)),
    close: async () => undefined,
  };
}
