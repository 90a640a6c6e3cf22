import { parseEndpointUrl } from '../../functions/core/endpoint-url.ts';
import { EXIT } from '../exit-codes.ts';
import type { JobsPlace } from '../jobs-place.ts';
import { addCommonOptions, type CommonTexts } from '../options/general.ts';
import { addLimitOptions, type LimitTexts, parseLimits } from '../options/limits.ts';
import { endpointOfStack, stackOf } from '../options/stack.ts';
import * as format from '../output/format.ts';
import { withJobs } from '../with-jobs.ts';
import type { Add } from './command.ts';

export const addLimits: Add = (program, console, end) => {
  const command = program
    .command('limits')
    .summary('show or change the limits of a target, also while a job runs')
    .description('Shows the limits of TARGET, or changes those given. A running job follows within its next chunks.')
    .argument('<target>', 'URL of the server that is written to, or with --stack the name of an endpoint');
  addLimitOptions(command);
  addCommonOptions(command);
  command.action(async (target: string, texts: CommonTexts & LimitTexts) => {
    const name = stackOf(texts) === undefined ? parseEndpointUrl(target).name : endpointOfStack('TARGET', target);
    const changes = parseLimits(texts);
    const show = ({ ask }: JobsPlace) => ask('limits', { target: name, changes });
    const { revision: _, ...limits } = (await withJobs(console, texts, show, { make: true })).limits;
    if (texts.json) console.out(JSON.stringify(limits));
    else
      console.out(
        `${name}: ${limits.transfers} transfers, ${format.bytes(limits.inflightBytes)} on the wire, ` +
          `bandwidth ${limits.bandwidth ?? 'off'}`,
      );
    end(EXIT.done);
  });
};
