import { type ArchiveShape, archive } from '../../support/archive.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

export interface Pair {
  /** Orthanc 1.10.1 */
  readonly source: RunningOrthanc;
  /** Orthanc 1.13.0 */
  readonly target: RunningOrthanc;
  /** In front of the target; the stack knows nothing else of it. */
  readonly proxy: FaultProxy;
  /** In front of the source. */
  readonly sourceProxy: FaultProxy;
  readonly stack: Stack;
}

/** A filled source, an empty target and a stack for both, gone again after use. */
export async function withPair(
  shape: ArchiveShape,
  use: (pair: Pair) => Promise<void>,
  options: Omit<StackOptions, 'source' | 'target'> = {},
): Promise<void> {
  const [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
  const proxy = await startFaultProxy(target.url);
  const sourceProxy = await startFaultProxy(source.url);
  try {
    await upload(source.url, archive(shape));
    const stack = await startStack({ ...options, source: sourceProxy.url, target: proxy.url });
    try {
      await use({ source, target, proxy, sourceProxy, stack });
    } finally {
      await stack.remove();
    }
  } finally {
    await Promise.all([proxy.stop(), sourceProxy.stop()]);
    await Promise.all([source.stop(), target.stop()]);
  }
}
