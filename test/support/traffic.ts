const ORTHANC_ID = /[0-9a-f]{8}(?:-[0-9a-f]{8}){4}/g;

/** What went through a proxy. */
export class Traffic {
  /** Requests by kind: `GET /instances/{id}/file`. */
  readonly requests: Record<string, number> = {};
  /** Posted files by SOP Instance UID, those that a fault kept from the server included. */
  readonly posts = new Map<string, number>();
  /** POSTs that the server answered with 200. */
  stored = 0;
  /** Bytes of answers to `GET /instances/{id}/file`, and of posted files, that passed. */
  fileBytes = 0;
  postedBytes = 0;
  /** POSTs in progress, and the most there were at once. */
  posting = 0;
  peakPosting = 0;

  count(method: string, path: string): void {
    const kind = `${method} ${path.replace(ORTHANC_ID, '{id}')}`;
    this.requests[kind] = (this.requests[kind] ?? 0) + 1;
  }

  /** All posted files, repetitions included. */
  get posted(): number {
    return this.requests['POST /instances'] ?? 0;
  }

  beginPost(sopInstanceUid: string | undefined): void {
    const key = sopInstanceUid ?? '';
    this.posts.set(key, (this.posts.get(key) ?? 0) + 1);
    this.posting += 1;
    this.peakPosting = Math.max(this.peakPosting, this.posting);
  }

  endPost(): void {
    this.posting -= 1;
  }
}
