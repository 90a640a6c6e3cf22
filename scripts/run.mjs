// node scripts/run.mjs FILE ARGS…: runs a TypeScript file of this repository on the right Node.js.
import { ensureModules } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

ensureModules();
process.exitCode = await runNode(process.argv.slice(2));
