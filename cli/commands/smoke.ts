import { addStackOptions, type CommonTexts } from '../options/general.ts';
import { endpointsOfStack, requireStack } from '../options/stack.ts';
import { smokeOnStack } from '../stack/smoke.ts';
import { withStack } from '../stack/with-stack.ts';
import type { Add } from './command.ts';

export const addSmoke: Add = (program, console, end) => {
  const command = program
    .command('smoke')
    .summary('try whether a stack moves anything, with a study of nobody')
    .description(
      'Stores a small study of a patient who does not exist in SOURCE, lets the stack move it to TARGET, and deletes it ' +
        'from both: what is found wrong here would be wrong with every job.',
    )
    .argument('<source>', 'name of an endpoint of the stack')
    .argument('<target>', 'name of another one');
  addStackOptions(command);
  command.action(async (source: string, target: string, texts: CommonTexts) => {
    const name = requireStack(command, texts);
    const servers = endpointsOfStack({ source, target });
    end(await withStack(console, name, texts, (stack) => smokeOnStack(console, stack, servers, texts)));
  });
};
