/**
 * The one table of the job store. Every item has `v` (the version of this layout) and `token` (whose write it was, see items.ts);
 * values are JSON in a string unless it says otherwise.
 *
 * | what       | pk                      | sk                     | attributes |
 * |------------|-------------------------|------------------------|------------|
 * | job        | `jobs`                  | job id                 | `revision` (N), `body`; `open` while it is |
 * | checkpoint | `job#<job>`             | `checkpoint#<round>`   | `revision` (N), `body` |
 * | plan page  | `plan#<job>#<round>`    | number of the page     | `head`: the page without its chunks; `c0`, `c1`, …: a chunk each (chunk-text.ts); `harvested` once it is |
 * | finding    | `findings#<job>`        | the item               | `item` (S), `round` (N), `reopened`, `redriven` (BOOL), `row` |
 * | claims     | `claims#<job>#<instance>` | `-`                  | `revision` (N), `body` |
 * | arrival    | `arrivals#<job>`        | number of the entry    | `body` |
 * | gate       | `gate#<endpoint>`       | `-`                    | `revision` (N), `body` |
 * | limits     | `limits#<endpoint>`     | `-`                    | `revision` (N), `body` |
 * | lease      | `lease#<name>`          | `-`                    | `holder` (S), `until` (N, ms), `expires` (N, s) |
 *
 * Numbers in keys are padded with zeros, so that the order of the text is theirs. Chunks are what is written most, and a write is
 * billed by the size of the whole item: that is why they are short, and why each is an attribute of its own that workers change
 * without disturbing each other.
 */

/**
 * The index of open jobs, by the attribute `open`: what is done each minute must not cost more with every job that ever was. It is
 * global, as one beside the table's own keys would bound each partition to 10 GB, and a plan may be larger.
 */
export const OPEN_INDEX = 'open';

/** Raised when the layout changes; items of another version are refused, never guessed at. */
export const LAYOUT_VERSION = 1;

/** Seconds since the epoch after which DynamoDB may delete an item; leases alone have it. */
export const TTL_ATTRIBUTE = 'expires';
