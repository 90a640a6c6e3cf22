// npm run build: dist/ with plain JavaScript, as it is published. Node.js does not strip types inside node_modules.
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModules, root } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

ensureModules();
rmSync(join(root, 'dist'), { recursive: true, force: true });
const code = await runNode([join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')]);
if (code === 0) chmodSync(join(root, 'dist/bin/orthanc-migrate.js'), 0o755);
process.exitCode = code;
