// npm start: the demonstration. npm start -- ARGS…: the command line.
import { join } from 'node:path';
import { ensureModules, root } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

ensureModules();
const args = process.argv.slice(2);
const program = args.length > 0 ? 'bin/orthanc-migrate.ts' : 'scripts/demo.ts';
// npm changes to the package's directory; paths among the arguments are meant from where the user is.
process.exitCode = await runNode([join(root, program), ...args], { cwd: process.env.INIT_CWD ?? process.cwd() });
