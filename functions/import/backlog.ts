/** Work on things that are in memory, bounded by their bytes. */
export class Backlog {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #bytes = 0;
  #failed: { readonly error: unknown } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits until so many bytes more may be held. What is larger than the limit is held alone. Raises what work has raised. */
  async room(bytes: number): Promise<void> {
    while (this.#running.size > 0 && this.#bytes + bytes > this.#limit) await Promise.race(this.#running);
    if (this.#failed) throw this.#failed.error;
  }

  add(bytes: number, work: Promise<void>): void {
    this.#bytes += bytes;
    const running = work
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => {
        this.#bytes -= bytes;
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  /** Waits for all work. Raises what work has raised. */
  async drained(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failed) throw this.#failed.error;
  }
}
