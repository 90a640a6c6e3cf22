import { describe, expect, test } from '@jest/globals';
import type { JobEvent } from '../../functions/core/ports.ts';
import { FULL, LEAST, ofType, type Resources, referenceOf, resourcesOf } from './synthesised.ts';

const EVENT: JobEvent = {
  ...{ type: 'failed', job: '20260920-101010-a1b2' as JobEvent['job'], kind: 'import', state: 'stopped' },
  target: 'new' as JobEvent['target'],
  counts: {
    success: 0,
    warning: 0,
    failure: 0,
    skipped: 0,
    unsettled: 0,
    ...{ alreadyThere: 0, sent: 0 },
    sentBytes: 0,
    finalBytes: 0,
  },
  reason: { code: 'DUMP_UNREADABLE', message: 's3://dumps/DOE^JOHN/1.dcm cannot be read' },
};

function ruleOf(resources: Resources) {
  const [found] = ofType(resources, 'AWS::Events::Rule').filter(([, { Properties }]) => Properties.EventPattern.source);
  if (!found) throw new Error('there is no rule');
  const [id, { Properties }] = found;
  return { id, properties: Properties, target: Properties.Targets[0] };
}

/** What EventBridge makes of the event: paths of fields, and a JSON text in which they are put. */
function messageOf({ InputPathsMap, InputTemplate }: { InputPathsMap: Record<string, string>; InputTemplate: string }) {
  const { type: _, ...detail } = EVENT;
  const valueAt = (path: string) =>
    path
      .split('.')
      .slice(1)
      .reduce((value, name) => Object(value)[name], { detail } as unknown);
  const filled = Object.entries(InputPathsMap).reduce(
    (text, [name, path]) => text.replaceAll(`<${name}>`, String(valueAt(path))),
    InputTemplate,
  );
  return String(JSON.parse(filled));
}

describe.each([
  ['everything', FULL],
  ['the least', LEAST],
])('WHEN a job of a stack with %s fails THEN whoever is told of alarms is told', (_, document) => {
  const resources = resourcesOf(document);
  const { id, properties, target } = ruleOf(resources);

  test('by the topic of the alarms, of such events of the bus of the stack alone', () => {
    expect(properties.EventPattern).toEqual({
      source: ['orthanc-migrate'],
      'detail-type': ['Orthanc Migration Failed'],
    });
    expect(resources[referenceOf(properties.EventBusName)]?.Properties.Name).toBe('orthanc-migrate');
    expect(properties.State).toBe('ENABLED');
    expect(resources[referenceOf(target.Arn)]?.Properties.TopicName).toBe('orthanc-migrate-alarms');
  });

  test('in a message that names the job and what to do, and no file', () => {
    expect(messageOf(target.InputTransformer)).toBe(
      'orthanc-migrate: job 20260920-101010-a1b2 (import to new) is stopped: DUMP_UNREADABLE. Its work is not done. Severity: high. What to do: docs/operations.md#job_failed',
    );
  });

  test('which this rule may publish there, and no other; the topic has no key that it would need', () => {
    const [[, policy] = ['', undefined]] = ofType(resources, 'AWS::SNS::TopicPolicy');
    const allowed = policy?.Properties.PolicyDocument.Statement.filter(
      (statement: { Principal: { Service?: string } }) => statement.Principal.Service === 'events.amazonaws.com',
    );
    expect(allowed).toEqual([
      {
        ...{ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'events.amazonaws.com' } },
        Sid: expect.any(String),
        Resource: target.Arn,
        Condition: { ArnEqualsIfExists: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
      },
    ]);
    expect(resources[referenceOf(target.Arn)]?.Properties).not.toHaveProperty('KmsMasterKeyId');
    // With a role, the policy of the topic would not be what counts.
    expect(target).not.toHaveProperty('RoleArn');
  });
});
