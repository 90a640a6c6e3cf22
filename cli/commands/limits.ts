import { changeLimits } from '../../functions/control/limits.ts';
import { parseEndpointUrl } from '../../functions/core/endpoint-url.ts';
import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts, stateDirectory } from '../options/common.ts';
import { addLimitOptions, type LimitTexts, parseLimits } from '../options/limits.ts';
import * as format from '../output/format.ts';
import { openState } from '../runtime/state.ts';
import type { Add } from './command.ts';

export const addLimits: Add = (program, console, end) => {
  const command = program
    .command('limits')
    .summary('show or change the limits of a target, also while a job runs')
    .description('Shows the limits of TARGET, or changes those given. A running job follows within its next chunks.')
    .argument('<target>', 'URL of the server that is written to');
  addLimitOptions(command);
  addCommonOptions(command);
  command.action(async (target: string, texts: CommonTexts & LimitTexts) => {
    const { name } = parseEndpointUrl(target);
    const changes = parseLimits(texts);
    const state = openState({ directory: stateDirectory(texts), verbose: false });
    try {
      const { revision: _, ...limits } = await changeLimits(state.store, name, changes);
      if (texts.json) console.out(JSON.stringify(limits));
      else
        console.out(
          `${name}: ${limits.transfers} transfers, ${format.bytes(limits.inflightBytes)} on the wire, ` +
            `bandwidth ${limits.bandwidth ?? 'off'}`,
        );
    } finally {
      state.close();
    }
    end(EXIT.done);
  });
};
