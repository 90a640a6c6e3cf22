import { messageOf } from '../../core/errors.ts';
import { nameOf } from '../aws-error.ts';

/**
 * Whether an error says that a message is no longer the holder's of this receipt handle: it was deleted, has become visible again, or
 * was received by somebody else. SQS says the latter as InvalidParameterValue "… for parameter ReceiptHandle is invalid. Reason: The
 * receipt handle has expired." Names come with and without the suffix or prefix of the older protocol.
 */
export function isGone(error: unknown): boolean {
  const name = nameOf(error)
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/Exception$/, '');
  if (name === 'ReceiptHandleIsInvalid' || name === 'MessageNotInflight') return true;
  return name === 'InvalidParameterValue' && /parameter ReceiptHandle is invalid/i.test(messageOf(error));
}
