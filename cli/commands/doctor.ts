import { EXIT } from '../exit-codes.ts';
import { addStackOptions, type CommonTexts } from '../options/general.ts';
import { requireStack } from '../options/stack.ts';
import { withStack } from '../stack/with-stack.ts';
import { doctorLines, needsALook } from '../summary/doctor.ts';
import type { Add } from './command.ts';

export const addDoctor: Add = (program, console, end) => {
  const command = program
    .command('doctor')
    .summary('look at everything that jobs of a stack need')
    .description('Looks at a stack: its endpoints, what is in its queues, and the jobs at work. Changes nothing.');
  addStackOptions(command);
  command.action(async (texts: CommonTexts) => {
    const name = requireStack(command, texts);
    const found = await withStack(console, name, texts, ({ ask }) => ask('doctor', {}));
    if (texts.json) console.out(JSON.stringify({ event: 'doctor', stack: name, ...found }));
    else for (const line of doctorLines(name, found)) console.out(line);
    end(needsALook(found) ? EXIT.needsALook : EXIT.done);
  });
};
