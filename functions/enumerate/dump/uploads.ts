import { createHash } from 'node:crypto';
import { ahead } from '../../core/ahead.ts';
import type { FileItem, FileKey, OrthancId } from '../../core/ids.ts';
import type { Cursor } from '../../core/job.ts';
import { jobDamaged } from '../../core/stored-lines.ts';
import { type DumpEnumeration, STEP_MARGIN_MS, type Step } from '../step.ts';
import { lookAgain } from './again.ts';
import { Gathered } from './dump.ts';

type UploadsCursor = Cursor & { stage: 'uploads' };

/** Entries of the log that are read at once. */
const ENTRIES = 20;
/** A place where something is uploaded all the time is never quiet: what was held back there waits no longer than this. Milliseconds. */
const LONGEST_MS = 7 * 86_400_000;

const HELD: Cursor = { stage: 'held', pass: 'orphans', page: 0 };

/**
 * Plans the next page from the log of uploads. When nothing came for the job's quiet period the log is ended, and what was held back
 * is planned; until then the stage rests at the end of the log.
 */
export async function uploadsStage(enumeration: DumpEnumeration, cursor: UploadsCursor): Promise<Step> {
  const { ports, job, checkpoint, deadline, dump } = enumeration;
  const page = new Gathered(checkpoint);
  const log = new Log(enumeration, cursor);
  let at = cursor;
  let full = false;
  for await (const { looked, next } of ahead(log.uploads(), dump.ahead, async ({ file, next }) => ({
    looked: await lookAgain(enumeration, file),
    next,
  }))) {
    page.add(looked);
    at = next;
    full = page.isFull || deadline.remainingMs() < STEP_MARGIN_MS;
    if (full) break;
  }
  const claimed = await page.claimed(ports, job.id);
  if (full) return { ...claimed, next: at };
  if (log.ended) return { ...claimed, next: HELD };
  return { ...claimed, next: log.end, rest: true };
}

interface Upload {
  readonly file: FileKey;
  /** Where the log goes on behind it. */
  readonly next: UploadsCursor;
}

class Log {
  readonly #enumeration: DumpEnumeration;
  readonly #from: UploadsCursor;
  /** Where the log ends for now. */
  end: UploadsCursor;
  /** Nothing will come behind it. */
  ended = false;

  constructor(enumeration: DumpEnumeration, from: UploadsCursor) {
    this.#enumeration = enumeration;
    this.#from = from;
    this.end = from;
  }

  /** Uploads from the cursor on, each once however often it was taken down. */
  async *uploads(): AsyncGenerator<Upload> {
    const { ports, job } = this.#enumeration;
    for (let { entry, line } = this.#from; ; ) {
      const arrivals = await ports.store.arrivals(job.id, entry, ENTRIES);
      for (const arrival of arrivals) {
        if (arrival.kind === 'end') {
          this.ended = true;
          return;
        }
        yield* this.#ofEntry(arrival.object, entry, line);
        entry += 1;
        line = 0;
      }
      this.end = { stage: 'uploads', entry, line: 0 };
      if (arrivals.length === ENTRIES) continue;
      if (arrivals.length > 0 || !(await this.#isQuiet(entry))) return;
      // Whatever was taken down at the same moment is in front of the end, and is read now.
      await ports.store.appendArrival(job.id, entry, { kind: 'end', at: ports.clock.now() });
    }
  }

  async *#ofEntry(object: string, entry: number, from: number): AsyncGenerator<Upload> {
    const { ports, job } = this.#enumeration;
    const files = await this.#files(object);
    const claims = await ports.store.claim(
      job.id,
      files.map((file, line) => ({ instance: uploadId(file), claim: { item: placeIn(entry, line), pixels: false } })),
    );
    for (const [line, file] of files.entries()) {
      if (line < from || claims[line]?.[0]?.item !== placeIn(entry, line)) continue;
      yield { file, next: { stage: 'uploads', entry, line: line + 1 } };
    }
  }

  async #files(object: string): Promise<FileKey[]> {
    const text = new TextDecoder().decode(await this.#enumeration.ports.objects.read(object));
    if (!text.endsWith('\n')) throw jobDamaged(object);
    return text.slice(0, -1).split('\n') as FileKey[];
  }

  async #isQuiet(entry: number): Promise<boolean> {
    const { ports, job } = this.#enumeration;
    const now = ports.clock.now();
    const quietMs = job.dump && 'uploads' in job.dump ? job.dump.uploads.quietMs : 0;
    if (now - job.createdAt >= LONGEST_MS) return true;
    const [last] = entry === 0 ? [] : await ports.store.arrivals(job.id, entry - 1, 1);
    // A job that was resumed waits anew.
    return now - Math.max(last?.at ?? 0, job.resumedAt) >= quietMs;
  }
}

/** What an upload is claimed under: its name with its version, in the form of an Orthanc ID, which it can never be. */
function uploadId(file: FileKey): OrthancId {
  const hex = createHash('sha1').update(`upload\0${file}`).digest('hex');
  return (hex.match(/.{8}/g) ?? []).join('-') as OrthancId;
}

function placeIn(entry: number, line: number): FileItem {
  return `${entry}/${line}` as FileItem;
}
