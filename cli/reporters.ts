import type { RunTexts } from './options/general.ts';
import type { Console } from './output/console.ts';
import { HumanReporter } from './progress/human.ts';
import { JsonReporter } from './progress/json.ts';
import type { Reporter } from './progress/reporter.ts';

/** Chooses how a run is told. A verbose log and a block that is drawn over would disturb each other. */
export function reporterOf(console: Console, { json, quiet, verbose }: RunTexts): Reporter {
  if (json) return new JsonReporter(console.out);
  if (quiet) return SILENT;
  return new HumanReporter(console.err, verbose ? undefined : console.block);
}

const SILENT: Reporter = {
  warning: () => undefined,
  job: () => undefined,
  progress: () => undefined,
  note: () => undefined,
  close: () => undefined,
};
