/**
 * Calls of adapters that are under way. An adapter that speaks HTTP takes real time: the schedule waits for that, or simulated time
 * would run away meanwhile.
 */
export class Calls {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  get underWay(): number {
    return this.#underWay;
  }

  /** Counts the call as under way until it has ended. */
  async count<T>(call: () => Promise<T> | T): Promise<T> {
    this.#underWay += 1;
    try {
      return await call();
    } finally {
      this.#discount();
    }
  }

  /** Something that a call under way itself waits for, such as the body that it is to write: the schedule must not wait for both. */
  async discount<T>(awaited: () => Promise<T>): Promise<T> {
    this.#discount();
    try {
      return await awaited();
    } finally {
      this.#underWay += 1;
    }
  }

  async allEnded(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #discount(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
