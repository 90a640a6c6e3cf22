/** Names that come in sorted runs, taken in the order of their bytes. Merged while they are taken: nothing sorts a million at once. */
export class SortedNames {
  /** A heap by each run's next name: none is smaller than its parent's. */
  readonly #heap: Run[] = [];

  /** Takes over `names`. */
  add(names: string[]): void {
    if (names.length === 0) return;
    // By UTF-16 code units, which for Latin-1 are the bytes.
    this.#heap.push({ names: names.sort(), at: 0, next: names[0] ?? '' });
    this.#rise(this.#heap.length - 1);
  }

  /** `undefined` once all are taken. */
  take(): string | undefined {
    const top = this.#heap[0];
    if (!top) return undefined;
    const taken = top.next;
    const following = top.names[++top.at];
    if (following !== undefined) top.next = following;
    else this.#removeTop();
    this.#sink();
    return taken;
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) this.#heap[0] = last;
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfSmaller(at, parent)) return;
      at = parent;
    }
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#smaller(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfSmaller(child, at)) return;
      at = child;
    }
  }

  #smaller(a: number, b: number): boolean {
    const left = this.#heap[a];
    const right = this.#heap[b];
    return left !== undefined && right !== undefined && left.next < right.next;
  }

  #swapIfSmaller(child: number, parent: number): boolean {
    const lower = this.#heap[child];
    const upper = this.#heap[parent];
    if (!lower || !upper || lower.next >= upper.next) return false;
    this.#heap[parent] = lower;
    this.#heap[child] = upper;
    return true;
  }
}

interface Run {
  readonly names: readonly string[];
  at: number;
  next: string;
}
