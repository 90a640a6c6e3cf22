import { PlainClient } from './plain-client.ts';

const CONNECTIONS = 8;

interface File {
  readonly UncompressedMD5: string;
}

interface Found {
  readonly ID: string;
  readonly Attachments: readonly File[];
}

/**
 * Size and MD5 of everything that a server holds, by the quickest calls that it has and the least client there can be:
 * `/tools/find` study by study where it gives attachments (1.12.5 and later), else each instance's attachment.
 */
async function lookUpAll(url: string, version: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const clients = Array.from({ length: CONNECTIONS }, () => new PlainClient(url, true));
  const eachOf = async <T>(items: readonly T[], ask: (client: PlainClient, item: T) => Promise<void>) => {
    const rest = items.values();
    await Promise.all(
      clients.map(async (client) => {
        for (const item of rest) await ask(client, item);
      }),
    );
  };
  try {
    const [first] = clients;
    const studies: string[] = first ? parse(await first.get('/studies')) : [];
    if (version.startsWith('1.10.')) {
      const instances: string[] = [];
      await eachOf(studies, async (client, study) => {
        const answer: { readonly Instances: readonly string[] }[] = parse(await client.get(`/studies/${study}/series`));
        for (const { Instances } of answer) instances.push(...Instances);
      });
      await eachOf(instances, async (client, id) => {
        const file: File = parse(await client.get(`/instances/${id}/attachments/dicom/info`));
        found.set(id, file.UncompressedMD5);
      });
    } else
      await eachOf(studies, async (client, study) => {
        const body = { Level: 'Instance', ParentStudy: study, Query: {}, ResponseContent: ['Attachments'] };
        const rows: Found[] = parse(await client.post('/tools/find', Buffer.from(JSON.stringify(body))));
        for (const { ID, Attachments } of rows) found.set(ID, Attachments[0]?.UncompressedMD5 ?? '');
      });
    return found;
  } finally {
    for (const client of clients) client.close();
  }
}

/** Looks up both servers at the same time; how long that took, in seconds, and for how many instances. */
export async function compareByLookups(servers: readonly { readonly url: string; readonly version: string }[]) {
  const begun = performance.now();
  const [one, other] = await Promise.all(servers.map(({ url, version }) => lookUpAll(url, version)));
  let equal = 0;
  for (const [id, md5] of one ?? []) if (other?.get(id) === md5) equal += 1;
  return { seconds: (performance.now() - begun) / 1000, instances: equal };
}

function parse<T>(answer: Buffer): T {
  return JSON.parse(answer.toString('utf8')) as T;
}
