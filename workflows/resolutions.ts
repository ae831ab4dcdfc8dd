import { condition, defineUpdate, log, setHandler } from '@temporalio/workflow';
import { isPlainText, LONGEST_TEXT } from '../contract/message-text';
import type { AcceptedResolution, ResolutionRequest } from '../contract/messages';
import { mayDo, RESOLUTION_VERBS, STATE_TABLE, type ResolutionVerb } from '../contract/states';
import type { Step } from '../contract/steps';
import { recordActivities } from './activities';
import { runFailure } from './failures';
import { fieldsOf, malformed, UUID } from './received';
import type { Run } from './run';

const DESCRIPTIONS: Record<ResolutionVerb, string> = {
  retry: 'On hold: try the failed steps again. With leftovers: undo again.',
  amend: 'On hold: try the failed steps again with a corrected order. Through the API only.',
  skip: 'On hold: leave the failed steps out, where the template allows it. Needs a reason.',
  compensate: 'On hold: give up and undo everything.',
  accept: 'With leftovers: take those named over by hand. Through the API only.',
};

/** The updates by which an operator decides, one a verb. Each is refused where it is not possible; of several at once the first one wins. */
export function takeResolutions(run: Run): void {
  for (const verb of RESOLUTION_VERBS) {
    const update = defineUpdate<{ accepted: true }, [ResolutionRequest]>(verb);
    // By hand it may come without a request.
    const accept = (request: ResolutionRequest): { accepted: true } => {
      run.resolution = { verb, ...requestOf(verb, request) };
      return { accepted: true };
    };
    setHandler(update, accept, {
      validator: (request) => refuse(run, verb, request),
      description: DESCRIPTIONS[verb],
    });
  }
}

/**
 * Waits for an operator to decide about `run.undecided` and has the decision recorded; undefined when none came within `timeoutMs`. Further
 * verbs are refused until the caller calls {@link settleResolution}, so nobody decides on what is being decided. One that the registry does
 * not know of is forgotten.
 */
export async function awaitResolution(
  run: Run,
  steps: Step[],
  timeoutMs?: number,
): Promise<AcceptedResolution | undefined> {
  run.undecided = steps;
  const until = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  const decided = (): boolean => run.resolution !== undefined;
  for (;;) {
    if (until === undefined) await condition(decided);
    else if (!decided() && !(await condition(decided, Math.max(until - Date.now(), 1)))) return undefined;
    const resolution = run.resolution!;
    const { operationId } = run.input;
    const { answer } = await recordActivities().takeResolution({ operationId, steps, ...resolution });
    if (answer === 'taken') {
      if (resolution.resolutionId !== undefined) run.carriedOut.add(resolution.resolutionId);
      return resolution;
    }
    log.warn('A decision was ignored: the registry has no such resolution to be taken', { verb: resolution.verb });
    run.resolution = undefined;
  }
}

/** The decision has been carried out as far as it needs be for the next one to be made. */
export function settleResolution(run: Run): void {
  run.undecided = undefined;
  run.resolution = undefined;
}

function refuse(run: Run, verb: ResolutionVerb, request: unknown): void {
  const { reason, resolutionId } = requestOf(verb, request);
  if (resolutionId !== undefined && run.carriedOut.has(resolutionId))
    throw conflict('This decision was carried out before. Make a new one.');
  if (run.resolution) throw conflict(`Another operator came first with ${run.resolution.verb}.`);
  if (!mayDo(run.status, verb) || run.undecided === undefined)
    // The status tells the API whether the run is behind what the registry says of it.
    throw conflict(`The operation is ${run.status}: ${verb} is not possible. It allows ${allowed(run)}.`, run.status);
  if ((verb === 'amend' || verb === 'accept') && resolutionId === undefined)
    throw conflict(`${verb} needs details that only the API takes: POST /v1/operations/{operationId}/resolution.`);
  if (verb !== 'skip') return;
  const needed = run.undecided.filter((step) => !run.recovery.skippable.includes(step));
  if (needed.length > 0) throw conflict(`The template does not allow ${needed.join(', ')} to be skipped.`);
  if (!reason) throw conflict('Say why: { "reason": "…" }. It stays with the tenant.');
}

/** What of a message is taken; whatever else somebody sends by hand is not. Throws `MalformedMessage`. */
function requestOf(verb: ResolutionVerb, request: unknown): ResolutionRequest {
  const { resolutionId, reason } = fieldsOf(verb, request);
  if (resolutionId !== undefined && !UUID(resolutionId)) throw malformed(`${verb}: resolutionId is not an id.`);
  if (reason !== undefined && !(typeof reason === 'string' && reason.length <= LONGEST_TEXT && isPlainText(reason)))
    throw malformed(
      `${verb}: the reason must be text of at most ${LONGEST_TEXT} characters without control characters.`,
    );
  return {
    ...(resolutionId === undefined ? {} : { resolutionId: resolutionId as string }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function allowed({ status }: Run): string {
  return STATE_TABLE[status].verbs.join(', ') || 'nothing of the kind';
}

function conflict(message: string, ...details: unknown[]): Error {
  return runFailure('StateConflict', message, ...details);
}
