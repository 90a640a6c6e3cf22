// npm start: the demonstration. npm start -- ARGS…: the command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModules, root } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

ensureModules();
const args = process.argv.slice(2);
const program = join(root, args.length > 0 ? 'bin/orthanc-migrate.ts' : 'scripts/demo.ts');
// As the program's own first line has it where it is installed.
const flags = /^#!.*? node (.*)/.exec(readFileSync(program, 'utf8'))?.[1]?.split(' ') ?? [];
// npm changes to the package's directory; paths among the arguments are meant from where the user is.
process.exitCode = await runNode([...flags, program, ...args], { cwd: process.env.INIT_CWD ?? process.cwd() });
