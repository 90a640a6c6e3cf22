import type { OrthancHttp } from './http.ts';

/** OrthancStatus "Bad file format". */
const BAD_FILE_FORMAT = 15;

/**
 * Posts an empty instance. A server that would store an image refuses this one as no DICOM file, and so shows that a POST gets
 * through to it: past a gateway, the user's permissions and `ReadOnly`, which old versions do not tell. Nothing is stored.
 */
export async function checkStore(http: OrthancHttp): Promise<void> {
  const path = 'instances';
  const answer = await http.raw({ path, body: '' });
  if (answer.status === 200) throw http.notOrthanc(path);
  const error = await http.refusal('store', path, answer);
  const { orthanc, orthancStatus } = error.answer ?? {};
  const isRefusedFile = answer.status === 400 && orthanc && (orthancStatus ?? BAD_FILE_FORMAT) === BAD_FILE_FORMAT;
  if (!isRefusedFile) throw error;
}
