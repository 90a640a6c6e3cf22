import { execFileSync } from 'node:child_process';

const MODULES = new URL('../../../../cli/local/dump/', import.meta.url);

/**
 * Runs the body of an async function in a process of its own, without the rights of root, to which permissions mean nothing. It
 * is given `openLocalDump`, `checkRoots` and `root`, and returns what can be written as JSON.
 */
export function asSomebodyElse(root: string, body: string): unknown {
  const program = `
    const { openLocalDump } = await import('${new URL('local-dump.ts', MODULES)}');
    const { checkRoots } = await import('${new URL('check-roots.ts', MODULES)}');
    if (process.geteuid() === 0) process.seteuid(65534);
    const run = async (root) => { ${body} };
    console.log(JSON.stringify(await run(${JSON.stringify(root)})));
  `;
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  return JSON.parse(text);
}
