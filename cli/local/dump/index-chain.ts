import { type BytePath, foldersOf, isBelow, within } from './byte-path.ts';
import { INDEX_NAME } from './folder.ts';
import { look } from './look.ts';

/** Folders that have something named `index`, the innermost first. */
export interface IndexChain {
  readonly folder: BytePath;
  readonly outer: IndexChain | undefined;
}

/** The chain that a walk from this folder on has when it comes to the path. */
export async function indexChainOf(path: BytePath, start: BytePath): Promise<IndexChain | undefined> {
  let chain: IndexChain | undefined;
  for (const folder of ['/' as BytePath, ...foldersOf(path)]) {
    if (folder !== start && !isBelow(folder, start)) continue;
    if (await look(within(folder, INDEX_NAME))) chain = { folder, outer: chain };
  }
  return chain;
}
