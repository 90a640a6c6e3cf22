import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { FunctionError } from './execution-environment.ts';
import type { LambdaFunction } from './function.ts';
import { sqsEvent } from './sqs-event.ts';
import type { RigTime } from './time.ts';

/** As the template declares it. */
export interface MappingSettings {
  readonly uuid: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  /** Milliseconds; 0: a batch is what one receipt brings. */
  readonly windowMs: number;
  readonly maximumConcurrency: number;
  readonly reportsBatchItemFailures: boolean;
  readonly enabled: boolean;
}

export type MappingState = 'Enabled' | 'Disabled' | 'Enabling' | 'Disabling';

/** What makes deliveries as bad as SQS may: each is asked about every batch. */
export interface DeliveryFaults {
  /** The batch is delivered, and once more as if it had not been deleted. */
  duplicate?: () => boolean;
  /** The batch is deleted, and nobody has seen it. */
  lose?: () => boolean;
  /** The batch is put into another order. */
  shuffle?: <T>(messages: readonly T[]) => T[];
}

/** What Lambda does between a queue and a function. */
export interface EventSourceMapping {
  readonly settings: MappingSettings;
  readonly state: MappingState;
  /** States that it had, in their order. */
  readonly history: readonly MappingState[];
  readonly faults: DeliveryFaults;
  /** Takes effect after a while, as on AWS. */
  enable(enabled: boolean): void;
  /** Receives no more, and waits for invocations under way. */
  stop(): Promise<void>;
}

/** "It can take up to a minute": milliseconds by the clock of the rig. */
const STATE_CHANGE_MS = 15_000;
const RECEIVED_AT_ONCE = 10;

export function eventSourceMapping(
  settings: MappingSettings,
  { sqs, lambda, time }: { readonly sqs: SQSClient; readonly lambda: LambdaFunction; readonly time: RigTime },
): EventSourceMapping {
  const { queueUrl, batchSize, windowMs, maximumConcurrency } = settings;
  const history: MappingState[] = [settings.enabled ? 'Enabled' : 'Disabled'];
  const faults: DeliveryFaults = {};
  const running = new Set<Promise<void>>();
  let stopping = false;
  const state = () => history.at(-1) ?? 'Disabled';
  const polls = () => !stopping && (state() === 'Enabled' || state() === 'Disabling');

  const receive = async (most: number, waitSeconds: number): Promise<readonly Message[]> => {
    const request = {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(RECEIVED_AT_ONCE, most),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All' as const],
      MessageAttributeNames: ['All'],
    };
    return (await sqs.send(new ReceiveMessageCommand(request))).Messages ?? [];
  };

  const batch = async (): Promise<readonly Message[]> => {
    const messages = [...(await receive(batchSize, 20))];
    const end = time.now() + windowMs;
    while (messages.length > 0 && messages.length < batchSize && time.now() < end)
      messages.push(...(await receive(batchSize - messages.length, Math.ceil((end - time.now()) / 1000))));
    return messages;
  };

  const deliver = async (messages: readonly Message[]) => {
    const shuffled = faults.shuffle?.(messages) ?? messages;
    if (faults.lose?.()) return remove(sqs, queueUrl, messages);
    if (faults.duplicate?.()) await failedOf(lambda, settings, shuffled);
    const failed = await failedOf(lambda, settings, shuffled);
    await remove(
      sqs,
      queueUrl,
      messages.filter(({ MessageId }) => !failed.has(String(MessageId))),
    );
  };

  const loop = (async () => {
    while (!stopping) {
      if (running.size >= maximumConcurrency) await Promise.race(running);
      else if (!polls()) await time.sleep(1000);
      else {
        const messages = await time.run(batch);
        if (messages.length === 0) continue;
        const delivery = deliver(messages).finally(() => running.delete(delivery));
        running.add(delivery);
      }
    }
  })();

  return {
    settings,
    history,
    faults,
    get state() {
      return state();
    },
    enable(enabled) {
      if (state() === (enabled ? 'Enabled' : 'Disabled')) return;
      history.push(enabled ? 'Enabling' : 'Disabling');
      void time.sleep(STATE_CHANGE_MS).then(() => history.push(enabled ? 'Enabled' : 'Disabled'));
    },
    async stop() {
      stopping = true;
      await loop;
      await Promise.allSettled(running);
    },
  };
}

/** Invokes the function; the ids of the messages that it did not do. */
async function failedOf(
  lambda: LambdaFunction,
  settings: MappingSettings,
  messages: readonly Message[],
): Promise<ReadonlySet<string>> {
  const all = new Set(messages.map(({ MessageId }) => String(MessageId)));
  try {
    const answer = await lambda.invoke(sqsEvent(settings.queueArn, messages));
    return settings.reportsBatchItemFailures ? reported(answer, all) : new Set();
  } catch (error) {
    if (error instanceof FunctionError) return all;
    throw error;
  }
}

/** An answer that is not understood means that the whole batch failed; no answer, that all of it went well. */
function reported(answer: unknown, all: ReadonlySet<string>): ReadonlySet<string> {
  if (answer === null || answer === undefined) return new Set();
  const { batchItemFailures = [] } = answer as { batchItemFailures?: readonly { readonly itemIdentifier?: string }[] };
  const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier ?? '');
  return failed.every((id) => all.has(id)) ? new Set(failed) : all;
}

async function remove(sqs: SQSClient, queueUrl: string, messages: readonly Message[]): Promise<void> {
  for (let index = 0; index < messages.length; index += RECEIVED_AT_ONCE) {
    const entries = messages
      .slice(index, index + RECEIVED_AT_ONCE)
      .map(({ ReceiptHandle }, number) => ({ Id: String(number), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  }
}
