import { type Command, Option } from 'commander';
import { UsageError } from '../../functions/core/errors.ts';
import { addTargetOptions, type EndpointTexts, parseTarget } from '../options/endpoints.ts';
import { addRunOptions, type RunTexts } from '../options/general.ts';
import {
  addConflictOption,
  addMaxWaitOption,
  type ImportOptionTexts,
  parseImportOptions,
} from '../options/job-options.ts';
import { addLimitOptions, type LimitTexts, parseLimits } from '../options/limits.ts';
import { endpointOfStack, stackOf } from '../options/stack.ts';
import { addStorageKeyOption, readStorageKeys, type StorageKeyTexts } from '../options/storage-keys.ts';
import { importOptionsOfStack, rootsOfStack } from '../stack/import-fields.ts';
import { startOnStack } from '../stack/start-job.ts';
import { startImport } from '../start-import.ts';
import type { Add } from './command.ts';

type Texts = RunTexts &
  EndpointTexts &
  ImportOptionTexts &
  LimitTexts &
  StorageKeyTexts & { dryRun?: boolean; restart?: boolean };

export const addImport: Add = (program, console, end) => {
  const command: Command = program
    .command('import')
    .summary('bring DICOM files into TARGET, and prove it')
    .description(
      'Brings DICOM files into the Orthanc server TARGET, and proves it: the storage folder of an Orthanc server, an export, ' +
        'ZIP and tar archives, objects of a bucket of S3. Files are told by their content, never by their names. The same command again goes on where ' +
        'it was interrupted; what is there is never sent again.',
    )
    .usage('[options] <path...> <target>')
    .argument(
      '<path...>',
      'folders and files, or s3://bucket/prefix; - for a list of such names on standard input; last, the URL of the target. With ' +
        '--stack: places in buckets alone, and the name of an endpoint',
    )
    .option('--dry-run', 'tell what is there and what would be sent; send nothing')
    .option('--restart', 'begin a new job where an unfinished one would be continued')
    .addOption(
      new Option(
        '--orphans <policy>',
        'files that the index beside them does not know (left over from what was deleted)',
      )
        .choices(['import', 'skip'])
        .default('import'),
    )
    .option('--accept-header-only', 'send images whose pixel data is nowhere, too');
  addStorageKeyOption(command);
  addConflictOption(command);
  addMaxWaitOption(command);
  addLimitOptions(command);
  addTargetOptions(command);
  addRunOptions(command);
  command.action(async (places: readonly string[], texts: Texts) => {
    const target = places.at(-1);
    if (target === undefined || places.length < 2)
      throw new UsageError('import needs what to read and, last, the target: import PATH… TARGET');
    const paths = places.slice(0, -1);
    const stack = stackOf(texts);
    const wanted = {
      kind: texts.dryRun ? ('import-dry-run' as const) : ('import' as const),
      options: parseImportOptions(texts),
      limits: parseLimits(texts),
      restart: texts.restart ?? false,
    };
    if (stack !== undefined) {
      const there = {
        target: endpointOfStack('TARGET', target),
        roots: rootsOfStack(paths),
        options: importOptionsOfStack(wanted.options),
      };
      return end(await startOnStack(console, stack, { ...wanted, ...there }, texts));
    }
    const here = { paths, target: parseTarget(target, texts), keys: readStorageKeys(texts) };
    end(await startImport(console, { ...wanted, ...here }, texts));
  });
};
