import type { FileKey } from '../../../functions/core/ids.ts';
import { absolutePath, workingDirectory } from './absolute-path.ts';
import { comparePaths, keyOf } from './byte-path.ts';

/**
 * The keys of names as `readNames` gives them, in the order of a walk, each once. Relative names begin in the current directory.
 * Whether they exist is not looked at.
 */
export async function pathKeys(names: readonly string[]): Promise<FileKey[]> {
  const current = await workingDirectory();
  const paths = names.map((name) => absolutePath(Buffer.from(name, 'latin1'), current));
  paths.sort(comparePaths);
  return paths.filter((path, at) => path !== paths[at - 1]).map(keyOf);
}

/** Names that come one per line, or separated by NUL if there is any (as of `find -print0`), with one character for each byte. */
export async function readNames(stream: AsyncIterable<Uint8Array>): Promise<string[]> {
  let separator = '\n';
  let names: string[] = [];
  let rest = '';
  for await (const chunk of stream) {
    rest += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    if (separator === '\n' && rest.includes('\0')) {
      // What looked like lines was a name with line feeds in it.
      rest = [...names, rest].join('\n');
      names = [];
      separator = '\0';
    }
    const pieces = rest.split(separator);
    rest = pieces.pop() ?? '';
    for (const piece of pieces) names.push(piece);
  }
  names.push(rest);
  if (separator === '\n') names = withoutCarriageReturns(names);
  return names.filter((name) => name !== '');
}

/** A list from Windows ends each line with CR LF; a single name that ends with CR may be just that. */
function withoutCarriageReturns(names: string[]): string[] {
  const lines = names.filter((name) => name !== '');
  return lines.every((name) => name.endsWith('\r')) ? lines.map((name) => name.slice(0, -1)) : lines;
}
