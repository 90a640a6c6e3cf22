import { TransferWorker } from '../attempt/worker.ts';
import type { AwsPlace } from './place.ts';

/** A function's share of the work on chunks: what is too large for it is left to a worker, where there is one. */
export function createWorker({ ports, servers, settings }: AwsPlace): TransferWorker {
  const { containers, largestInstance } = settings;
  return new TransferWorker(ports, servers, {
    sharers: () => containers,
    endsAtDeadline: true,
    ...(ports.lane && { largest: largestInstance }),
  });
}
