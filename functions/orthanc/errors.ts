import type { Breakage, HttpAnswer, Side } from '../core/answer.ts';
import { MigrationError } from '../core/errors.ts';
import type { EndpointName } from '../core/ids.ts';
import { type Operation, type Verdict, verdictOfAnswer, verdictOfBreakage } from '../core/verdict.ts';

/** A request to an Orthanc server that brought no clean answer. */
export class OrthancError extends MigrationError {
  override readonly name = 'OrthancError';
  readonly endpoint: EndpointName;
  readonly side: Side;
  readonly verdict: Verdict;
  readonly answer?: HttpAnswer;
  readonly breakage?: Breakage;

  constructor(
    endpoint: EndpointName,
    side: Side,
    verdict: Verdict,
    message: string,
    facts: { answer?: HttpAnswer; breakage?: Breakage },
  ) {
    super(verdict.gate ?? verdict.outcome, message, { retryClass: verdict.retryClass });
    this.endpoint = endpoint;
    this.side = side;
    this.verdict = verdict;
    if (facts.answer) this.answer = facts.answer;
    if (facts.breakage) this.breakage = facts.breakage;
  }
}

/** `path` is what was asked, without query and credentials: it holds Orthanc IDs at most. */
export function answerError(
  endpoint: EndpointName,
  side: Side,
  operation: Operation,
  path: string,
  answer: HttpAnswer,
): OrthancError {
  const status = answer.orthancStatus === undefined ? '' : `, OrthancStatus ${answer.orthancStatus}`;
  // Whoever checks credentials may do so without a word; of anything else it matters who spoke.
  const speaks = answer.orthanc || answer.status === 401 || answer.status === 403;
  const whose = speaks ? '' : ' (not an answer of Orthanc)';
  const message = `${side} ${endpoint}: ${path} answered HTTP ${answer.status}${status}${whose}`;
  return new OrthancError(endpoint, side, verdictOfAnswer(side, operation, answer), message, { answer });
}

export function breakageError(endpoint: EndpointName, side: Side, path: string, breakage: Breakage): OrthancError {
  const message = `${side} ${endpoint}: ${path}: ${breakage.cause} (${breakage.detail})`;
  return new OrthancError(endpoint, side, verdictOfBreakage(side, breakage), message, { breakage });
}
