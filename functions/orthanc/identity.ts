import type { OrthancId } from '../core/ids.ts';
import { readLastChange } from './changes.ts';
import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';
import { askJson, findJson } from './json.ts';
import { metricTimes } from './metrics.ts';
import { attachment, idList } from './schemas.ts';
import type { Identity } from './server.ts';
import { isAtLeast, systemAnswer } from './system-info.ts';

const SAMPLE = 5;
/** `attachments/{name}/info` came with this version. */
const WITH_INFO = [1, 10, 0] as const;

/** Gathers what tells one server from another, by reading alone. */
export async function readIdentity(http: OrthancHttp, sample?: readonly OrthancId[]): Promise<Identity> {
  const [system, metrics, ids, lastChange] = await Promise.all([
    askJson(http, { path: 'system' }, systemAnswer),
    readMetricTimes(http),
    sample ?? askJson(http, { path: `instances?since=0&limit=${SAMPLE}` }, idList),
    readLastChange(http),
  ]);
  const identifier = system.DatabaseServerIdentifier;
  return {
    url: http.url,
    version: system.Version,
    name: system.Name,
    lastChange,
    storageUuids: isAtLeast(system.Version, WITH_INFO) ? await readUuids(http, ids) : new Map(),
    metricTimes: metrics,
    ...(identifier === undefined ? {} : { databaseServerIdentifier: identifier }),
  };
}

async function readUuids(http: OrthancHttp, ids: readonly OrthancId[]): Promise<Map<OrthancId, string>> {
  const infos = await Promise.all(
    ids.map((id) => findJson(http, { path: `instances/${id}/attachments/dicom/info` }, attachment)),
  );
  return new Map(ids.flatMap((id, index) => (infos[index] ? [[id, infos[index].Uuid]] : [])));
}

async function readMetricTimes(http: OrthancHttp): Promise<Map<string, number>> {
  try {
    const text = await http.bytes({ path: 'tools/metrics-prometheus' });
    return metricTimes(new TextDecoder().decode(text));
  } catch (error) {
    // `"MetricsEnabled": false`, an old version, or a gateway that keeps them to itself.
    if (error instanceof OrthancError && error.answer) return new Map();
    throw error;
  }
}
