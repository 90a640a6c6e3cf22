import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../functions/core/answer.ts';
import type { Pixels } from '../../functions/core/content.ts';
import type { Md5, OrthancId } from '../../functions/core/ids.ts';
import type { Dumped, Stored } from './dumped-content.ts';
import type { Random } from './random.ts';
import { SimulatedDump } from './simulated-dump.ts';

/** What a simulated server stores of one instance. */
export interface Image {
  readonly study: OrthancId;
  readonly size: number;
  readonly md5: Md5;
  /** Absent: it has pixel data. */
  readonly pixels?: Pixels;
}

function orthancIdOf(text: string): OrthancId {
  const hex = createHash('sha1').update(text).digest('hex');
  return (hex.match(/.{8}/g) ?? []).join('-') as OrthancId;
}

export function md5Of(text: string | Buffer): Md5 {
  return createHash('md5').update(text).digest('hex') as Md5;
}

/** Bytes in which all identifiers lie, and in which no two instances are alike. */
const BEGINNING_BYTES = 600;

function beginning(bytes: Buffer): Md5 {
  return md5Of(bytes.subarray(0, BEGINNING_BYTES));
}

/** An archive with the behaviour of Orthanc that a job can notice; it may be made to misbehave. */
export class Archive {
  readonly images = new Map<OrthancId, Image>();
  readonly changes: { seq: number; resource: OrthancId }[] = [];
  /** When each image was stored, as a change number; not forgotten with the history. */
  readonly storedAt = new Map<OrthancId, number>();
  #seq = 0;
  /** No connection. */
  down = false;
  /** What is answered instead of doing anything, and for how many requests more. */
  trouble: { answer: HttpAnswer; left: number } | undefined;

  get lastChange(): number {
    return this.#seq;
  }

  store(id: OrthancId, image: Image): void {
    this.images.set(id, image);
    this.#seq += 1;
    this.changes.push({ seq: this.#seq, resource: id });
    this.storedAt.set(id, this.#seq);
  }

  /** As DELETE /changes: the numbers go on. */
  clearHistory(): void {
    this.changes.splice(0, this.changes.length);
  }

  delete(id: OrthancId): void {
    this.images.delete(id);
    const kept = this.changes.filter((change) => change.resource !== id);
    this.changes.splice(0, this.changes.length, ...kept);
  }
}

export type Quirk = 'refused' | 'damaged' | 'filtered' | 'altered' | 'crashes' | 'vanishes';

/** Two archives, or a dump and an archive, and what is special about some instances. */
export class World {
  readonly source = new Archive();
  readonly target = new Archive();
  readonly dump = new SimulatedDump();
  /** What the target takes, by the MD5 of the whole. */
  readonly contents = new Map<Md5, Stored>();
  /** By the MD5 of the beginning: whatever comes behind, the target looks no further. */
  readonly #beginnings = new Map<Md5, Stored>();
  readonly #refused = new Set<Md5>();
  readonly quirks = new Map<OrthancId, Quirk>();
  /** How many of the next relays are damaged on the wire, each in its own way. */
  wireDamage = 0;
  wireDamaged = 0;
  #made = 0;

  /** Teaches the target what this content is. What nobody can tell it refuses. */
  learn({ bytes, stored }: Dumped): void {
    if (stored?.pixels === 'unknown') this.#refused.add(md5Of(bytes));
    if (!stored || stored.pixels === 'unknown') return;
    this.contents.set(md5Of(bytes), stored);
    this.#beginnings.set(beginning(bytes), stored);
  }

  /** What the target makes of a body: one that is torn it takes, too. */
  storedAs(body: Buffer): Stored | undefined {
    const md5 = md5Of(body);
    if (this.#refused.has(md5)) return undefined;
    return this.contents.get(md5) ?? this.#beginnings.get(beginning(body));
  }

  /** Adds instances of one or more studies to the source. */
  grow(random: Random, count: number): OrthancId[] {
    const added: OrthancId[] = [];
    for (let i = 0; i < count; i += 1) {
      this.#made += 1;
      const study = orthancIdOf(`study ${random.below(4)}`);
      const id = orthancIdOf(`instance ${this.#made}`);
      const size = (20 + random.below(60)) * 1024 * 1024;
      this.source.store(id, { study, size, md5: md5Of(`content ${this.#made}`) });
      added.push(id);
    }
    return added;
  }
}
