/** What a relay may be told; everything has a default. Times in milliseconds, sizes in bytes. */
export interface RelayOptions {
  /** Until a connection, TLS included, is made. Default 5 s. */
  readonly connectMs?: number;
  /** Without any progress while a body is on its way. Default 60 s. */
  readonly idleMs?: number;
  /**
   * Between the headers of the source's answer and the first byte of its body. Orthanc has the whole file in memory by then, so
   * that nothing but a broken wire explains a wait. Default: `idleMs`.
   */
  readonly bodyStartMs?: number;
  /**
   * Until the first byte of an answer. `answerMsPerMegabyte` of the instance is added: Orthanc reads a file whole before it
   * answers a GET, and parses it whole before it answers a POST. Defaults 60 s and 200 ms.
   */
  readonly answerMs?: number;
  readonly answerMsPerMegabyte?: number;
  /** A connection unused for longer is not used again. Orthanc's own limit (`KeepAliveTimeout`) is 1 s. Default 700 ms. */
  readonly keepMs?: number;
  /** Whether the server describes its errors (`HttpDescribeErrors`); asked whenever an answer without body has to be judged. */
  readonly undescribedErrors?: { readonly source?: () => boolean; readonly target?: () => boolean };
}

export interface Limits {
  readonly connectMs: number;
  readonly idleMs: number;
  readonly bodyStartMs: number;
  readonly answerMs: number;
  readonly answerMsPerMegabyte: number;
  readonly keepMs: number;
}

export function limitsOf(options: RelayOptions): Limits {
  const idleMs = options.idleMs ?? 60_000;
  return {
    connectMs: options.connectMs ?? 5_000,
    idleMs,
    bodyStartMs: options.bodyStartMs ?? idleMs,
    answerMs: options.answerMs ?? 60_000,
    answerMsPerMegabyte: options.answerMsPerMegabyte ?? 200,
    keepMs: options.keepMs ?? 700,
  };
}

/** How long a server may take to begin its answer about a file of this many bytes, in milliseconds. */
export function answerPatience(limits: Limits, bytes: number): number {
  return limits.answerMs + (bytes / 1e6) * limits.answerMsPerMegabyte;
}
