#!/usr/bin/env -S node --min-semi-space-size=16
// Room for young objects from the beginning: growing into it costs a tenth of a transfer's CPU time.
import { keepCompiled } from '../cli/compiled.ts';

keepCompiled();
const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
// Everything has been said and closed: a timer or a connection that is left must not keep the process.
setTimeout(() => process.exit(), 1000).unref();
