import { existsSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { crossChecks } from './cross-checks.ts';
import { ConfigurationError, type Problem } from './problem.ts';
import { type Configuration, configuration } from './schema.ts';
import { sizeChecks } from './size-checks.ts';

const EXAMPLE = 'orthanc-migrate.example.yaml';

/** Reads the configuration of a stack. Raises `ConfigurationError` with everything that is wrong with it. */
export function readConfiguration(file: string): Configuration {
  if (!existsSync(file)) {
    const message = `there is no such file; copy ${EXAMPLE} to it, or name another one: npx cdk synth -c config=FILE`;
    throw new ConfigurationError(file, [{ path: '', message }]);
  }
  return parseConfiguration(file, readFileSync(file, 'utf8'));
}

/** Raises `ConfigurationError`, as if this text stood in the file. */
export function parseConfiguration(file: string, text: string): Configuration {
  const yaml = parseDocument(text, { prettyErrors: true });
  // The text that comes with it shows the line.
  const broken = yaml.errors.map(({ message }) => ({ path: '', message: `no YAML: ${message.trimEnd()}` }));
  if (broken.length > 0) throw new ConfigurationError(file, broken);
  const document: unknown = yaml.toJS() ?? {};
  const { data, error } = configuration.safeParse(document);
  const problems = [
    ...(error?.issues ?? []).flatMap(problemsOf),
    ...crossChecks(document),
    ...(data ? sizeChecks(data) : []),
  ];
  if (!data || problems.length > 0) throw new ConfigurationError(file, distinct(problems));
  return data;
}

/** A number may be out of its bounds in more than one way. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem])).values()];
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join('.'),
        message: `there is no such setting; see ${EXAMPLE} for those that are`,
      }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message }));
    case 'invalid_type':
      return [
        {
          path,
          message: issue.message.replace(/^Invalid input: /, '') + (/;/.test(issue.message) ? '' : `; see ${EXAMPLE}`),
        },
      ];
    default:
      return [{ path, message: issue.message }];
  }
}
