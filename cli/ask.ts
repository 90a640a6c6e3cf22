import type { Answers } from '../functions/control/answers.ts';
import type { Requests, RequestType } from '../functions/control/requests.ts';

/** Asks whoever has the jobs. Raises what is refused as `MigrationError`. */
export type Ask<Known extends RequestType> = <T extends Known>(type: T, request: Requests[T]) => Promise<Answers[T]>;
