import { expect, test } from '@jest/globals';
import { LEAST, type Resource, resourcesOf } from './synthesised.ts';

/** Names that CDK makes end in hashes, which say nothing to a reader. */
function plain(name: string): string {
  return name.replace(/[0-9A-F]{8,}$/, '');
}

function lineOf([id, { Type, Properties }]: [string, Resource]): string {
  const name = Object.entries(Properties).find(([key, value]) => /Name$/.test(key) && typeof value === 'string')?.[1];
  return [Type.replace(/^AWS::/, ''), plain(id), name && plain(String(name))].filter(Boolean).join('  ');
}

/** One line a resource: what appears, goes or is renamed is seen at once. What must hold of them is asserted elsewhere. */
test('the resources of a stack with the least', () => {
  expect(Object.entries(resourcesOf(LEAST)).map(lineOf).sort().join('\n')).toMatchSnapshot();
});
