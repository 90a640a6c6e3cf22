/** A content piece by piece; each piece is valid until the next is asked for. */
export type Pieces = AsyncGenerator<Buffer, void, undefined>;

/**
 * Takes so many bytes (all, if there are fewer) from the front, to keep; then come the rest. Ending `pieces` stays with the caller.
 */
export async function splitFront(
  pieces: Pieces,
  bytes: number,
): Promise<{ readonly front: Buffer; readonly rest: Pieces }> {
  const taken: Buffer[] = [];
  let missing = bytes;
  while (missing > 0) {
    const { value: piece } = await pieces.next();
    if (!piece) break;
    taken.push(Buffer.from(piece.subarray(0, missing)));
    // Nothing more is asked for before what is left of this piece was used.
    if (piece.length > missing) return { front: Buffer.concat(taken), rest: prepend(piece.subarray(missing), pieces) };
    missing -= piece.length;
  }
  return { front: Buffer.concat(taken), rest: pieces };
}

export async function* prepend(first: Buffer, pieces: Pieces): Pieces {
  yield first;
  yield* pieces;
}
