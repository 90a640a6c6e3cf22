import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { FunctionFeeds } from '../core/ports.ts';
import { awsError } from './aws-error.ts';

/** UUIDs of event source mappings. */
export interface Mappings {
  readonly transfer: string;
  readonly import: string;
}

/** States of a mapping that is as wanted, or on its way there. */
const WANTED = {
  on: new Set(['Enabled', 'Enabling', 'Creating']),
  off: new Set(['Disabled', 'Disabling']),
};

/**
 * Enables and disables what feeds the functions. Lambda refuses to change a mapping while it is being changed: whoever asks again a minute
 * later is heard. The change under way may be this very one: the SDK tries again when an answer is lost, and meets its own first try.
 * Raises `FEEDS_UNAVAILABLE`.
 */
export function createFeeds(client: LambdaClient, mappings: Mappings): FunctionFeeds {
  const change = async (UUID: string, enabled: boolean): Promise<'changed' | 'unchanged' | 'busy'> => {
    const { State = '' } = await client.send(new GetEventSourceMappingCommand({ UUID }));
    if (WANTED[enabled ? 'on' : 'off'].has(State)) return 'unchanged';
    try {
      await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: enabled }));
      return 'changed';
    } catch (error) {
      if (error instanceof ResourceInUseException) return 'busy';
      throw error;
    }
  };
  return {
    async set(queue, enabled) {
      try {
        return await change(mappings[queue], enabled);
      } catch (error) {
        const what = `what feeds the ${queue} function cannot be ${enabled ? 'enabled' : 'disabled'}`;
        throw awsError('FEEDS_UNAVAILABLE', what, error);
      }
    },
  };
}
