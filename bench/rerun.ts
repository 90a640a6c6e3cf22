// npm run bench -- rerun [rounds=5] [instances=6000] [source=1.10] [target=1.13]: how fast `replicate` finds that all is there, against
// what the servers' own look-up calls allow. Both look at the same two servers, in turn. A table in Markdown.
import { loadavg } from 'node:os';
import { archive } from '../test/support/archive.ts';
import { endOf, stateDirectory } from '../test/support/command-line.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import { upload } from '../test/support/upload.ts';
import { published } from './command.ts';
import { compareByLookups } from './own-lookups.ts';
import { figureOf, show } from './statistics.ts';

const [roundsText = '5', instancesText = '6000', from = '1.10', to = '1.13'] = process.argv.slice(2);
const rounds = Number(roundsText);
const PER_STUDY = 200;
const studies = Math.ceil(Number(instancesText) / PER_STUDY);
const instances = studies * PER_STUDY;

function versionOf(text: string): '1.10' | '1.13' {
  if (text === '1.10' || text === '1.13') return text;
  throw new Error(`"${text}" is no tested version: 1.10 or 1.13`);
}

const source = await startOrthanc({ version: versionOf(from) });
const target = await startOrthanc({ version: versionOf(to) });
try {
  // Look-ups do not depend on the size of what is looked up.
  for (const { url } of [source, target])
    await upload(url, archive({ studies, instancesPerStudy: PER_STUDY, seriesPerStudy: 2, bytes: 1000 }));
  const rates = new Map<string, number[]>();
  const ratios = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round += 1) {
    const own = await compareByLookups([source, target]);
    if (own.instances !== instances) throw new Error(`the look-ups found ${own.instances} equal instances`);
    const { command, job } = await replicate();
    for (const [name, seconds] of [
      ['look-ups alone', own.seconds],
      ['job', job],
      ['command', command],
    ] as const) {
      rates.set(name, [...(rates.get(name) ?? []), instances / seconds]);
      ratios.set(name, [...(ratios.get(name) ?? []), own.seconds / seconds]);
    }
    console.error(
      `round ${round}: ${command.toFixed(2)} s, of it the job ${job.toFixed(2)} s; look-ups ${own.seconds.toFixed(2)} s`,
    );
  }
  console.log(
    `Orthanc ${source.version} to ${target.version}, SQLite both; ${instances} instances in ${studies} studies, all there.`,
  );
  console.log(`Medians of ${rounds} rounds (least–most); load average ${loadavg()[0]?.toFixed(1)} at the end.\n`);
  console.log('| | instances/s | of the look-ups alone (wanted: at least 0.8) |\n| --- | --- | --- |');
  for (const [name, rate] of rates)
    console.log(`| ${name} | ${show(figureOf(rate), 0)} | ${show(figureOf(ratios.get(name) ?? []), 2)} |`);
} finally {
  await Promise.all([source.stop(), target.stop()]);
}

/** Seconds of the whole command, and of the job in it: the start of a process does not depend on the number of instances. */
async function replicate(): Promise<{ readonly command: number; readonly job: number }> {
  const state = await stateDirectory();
  try {
    const ended = await published(['replicate', source.url, target.url, '--state-dir', state.path, '--json']);
    const { durationMs, counts } = endOf(ended);
    if (counts.alreadyThere !== instances || counts.sent !== 0) throw new Error(`not all was there: ${ended.stdout}`);
    return { command: ended.seconds, job: durationMs / 1000 };
  } finally {
    await state.remove();
  }
}
