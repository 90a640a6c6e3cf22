/** The system's code of an error, such as ECONNREFUSED. Not by `instanceof`: within Jest, Node's own errors are of another realm. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
