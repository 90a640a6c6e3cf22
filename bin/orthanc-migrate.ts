#!/usr/bin/env node
import { keepCompiled } from '../cli/compiled.ts';

keepCompiled();
const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
// Everything has been said and closed: a timer or a connection that is left must not keep the process.
setTimeout(() => process.exit(), 1000).unref();
