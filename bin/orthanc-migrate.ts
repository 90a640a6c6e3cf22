#!/usr/bin/env -S node --min-semi-space-size=16 --disable-warning=ExperimentalWarning
// Room for young objects from the beginning: growing into it costs a tenth of a transfer's CPU time. And no word about Node.js 22 calling its SQLite
// experimental.

/** As in package.json, which an installation does not insist on. */
const OLDEST = [22, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `error: orthanc-migrate needs Node.js ${OLDEST.join('.')} or newer, and this is ${process.versions.node}`,
  );
  process.exit(2);
}
// Only now: what follows does not even load before.
const { keepCompiled } = await import('../cli/compiled.ts');
keepCompiled();
const { main } = await import('../cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
// Everything has been said and closed: a timer or a connection that is left must not keep the process.
setTimeout(() => process.exit(), 1000).unref();
