import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isOutcomeCode, OUTCOMES, outcomeClass } from '../../../functions/core/outcome.ts';
import type { GateCode } from '../../../functions/core/verdict.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Those about alarms of a stack are held against the alarms by test/infra. */
const [text = ''] = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').split(
  '## When an alarm of a stack goes off',
);
const articles = new Map(
  text
    .split(/^### /m)
    .slice(1)
    .map((article) => [article.slice(0, article.indexOf('\n')), article]),
);

// Checked by the compiler to be all of them.
const gates: Readonly<Record<GateCode, true>> = {
  UNREACHABLE: true,
  UNAUTHORIZED: true,
  FULL: true,
  READ_ONLY: true,
  NOT_ORTHANC: true,
  FAILING: true,
  SECRET_UNREADABLE: true,
  SECRET_INVALID: true,
};
const outcomes = Object.keys(OUTCOMES).filter(isOutcomeCode);
const failures = outcomes.filter((code) => outcomeClass(code) === 'failure');
const damages = ['JOB_DAMAGED', 'EVIDENCE_DAMAGED'];
const stops = ['TOO_MANY_FAILURES', 'DUMP_UNREADABLE', 'RESTLESS', 'INTERRUPTED', 'PAUSED', 'CANCELLED'];
const states = [...readFileSync(join(ROOT, 'cli/local/state-error.ts'), 'utf8').matchAll(/\| '(STATE_\w+)'/g)].map(
  ([, code = '']) => code,
);

describe('docs/operations.md', () => {
  test.each([...Object.keys(gates), ...stops, ...failures, ...damages, ...states])(
    'has an article about %s',
    (code) => {
      for (const part of ['Description', 'Investigation', 'Resolution'])
        expect(articles.get(code)).toContain(`**${part}.**`);
    },
  );

  test('has no article about what does not exist', () => {
    const known = new Set<string>([...Object.keys(gates), ...stops, ...outcomes, ...damages, ...states]);
    expect([...articles.keys()].filter((code) => !known.has(code))).toEqual([]);
  });

  test('explains every reason for which a job is stopped', () => {
    const folders = ['functions/supervise', 'functions/enumerate'].map((folder) => join(ROOT, folder));
    const sources = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    );
    const codes = [...sources.join('\n').matchAll(/stopJob\(ports, job\.id, '(\w+)'/g)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect([...articles.keys()]).toContain(code);
  });
});
