import { EXIT } from '../exit-codes.ts';
import { onInterrupt } from '../interrupt.ts';
import type { CommonTexts } from '../options/general.ts';
import { requireStack } from '../options/stack.ts';
import { withStack } from '../stack/with-stack.ts';
import type { Add } from './command.ts';

type Texts = CommonTexts & { besideFunctions?: boolean; quiet?: boolean };

export const addWorker: Add = (program, console, end) => {
  const command = program
    .command('worker')
    .summary('work for a stack on this machine')
    .description(
      'Works for a stack on this machine until it is interrupted: on servers that only this machine reaches ("worker: true" in the ' +
        'configuration), and on instances that are too large for a function. Several may run. Its log goes to standard output, as JSON lines.',
    )
    .optionsGroup('Work:')
    .option(
      '--beside-functions',
      'take the chunks of the functions, too: this machine has to reach all servers of the stack',
    )
    .optionsGroup('General:')
    .option('--stack <name>', 'the stack on AWS (or ORTHANC_MIGRATE_STACK)')
    .option('-q, --quiet', 'log warnings and errors alone')
    .option('-v, --verbose', 'log every instance');
  command.action(async (texts: Texts) => {
    const name = requireStack(command, texts);
    const { environment } = await withStack(console, name, texts, ({ ask }) => ask('environment', {}));
    // Commands about this machine shall not wait for the SDK to load.
    const { openBeside } = await import('../../functions/aws/beside.ts');
    const { work } = await import('../worker/worker.ts');
    const beside = await openBeside(environment, texts.verbose ? 'debug' : texts.quiet ? 'warn' : 'info');
    const interrupt = onInterrupt(() =>
      console.err('ending: waiting for what is on the wire (again to end at once; others go on with it)'),
    );
    try {
      console.err(`working for stack ${name}; Ctrl-C ends that`);
      await work({ beside, besideFunctions: texts.besideFunctions ?? false, signal: interrupt.signal });
    } finally {
      interrupt.release();
    }
    end(EXIT.done);
  });
};
