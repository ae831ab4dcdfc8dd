import { condition, defineUpdate, log, setHandler } from '@temporalio/workflow';
import { isPlainText, LONGEST_TEXT } from '../../contract/text/message-text';
import type { AcceptedResolution, ResolutionRequest } from '../../contract/operations/messages';
import { mayDo, verbsIn } from '../../contract/operations/kinds';
import { RESOLUTION_VERBS, type ResolutionVerb } from '../../contract/operations/states';
import type { Step } from '../../contract/operations/steps';
import { recordActivities } from './proxies';
import { runFailure } from './failures';
import { fieldsOf, malformed, UUID } from './received';
import type { Run } from './run';

const DESCRIPTIONS: Record<ResolutionVerb, string> = {
  retry: 'On hold: try the failed steps again. With leftovers: undo again.',
  amend: 'On hold: try the failed steps again with a corrected order. Through the API only.',
  skip: 'On hold: skip the failed steps, where the template allows it. Needs a reason.',
  compensate: 'On hold: give up and undo everything.',
  accept: 'With leftovers: take over the named ones by hand. Through the API only.',
};

/**
 * Registers the updates by which an operator decides, one per verb. A verb that is not possible now is refused; of several, the first wins.
 */
export function takeResolutions(run: Run): void {
  for (const verb of RESOLUTION_VERBS) {
    const update = defineUpdate<{ accepted: true }, [ResolutionRequest]>(verb);
    // An update sent by hand may carry no request.
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
 * Waits for an operator to decide about `run.undecided` and has the registry record the decision; undefined when none arrives within
 * `timeoutMs`, or before `settled` says that there is nothing to decide any more. Until the caller calls {@link settleResolution}, further verbs are refused, so decisions never overlap. A decision that the
 * registry does not know is discarded.
 */
export async function awaitResolution(
  run: Run,
  steps: Step[],
  { timeoutMs, settled = () => false }: { timeoutMs?: number; settled?: () => boolean } = {},
): Promise<AcceptedResolution | undefined> {
  run.undecided = steps;
  const deadline = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  const decided = (): boolean => run.resolution !== undefined;
  for (;;) {
    if (deadline === undefined) {
      await condition(() => decided() || settled());
      if (!decided()) return undefined;
    } else if (!decided() && !(await condition(decided, Math.max(deadline - Date.now(), 1)))) {
      return undefined;
    }
    const resolution = run.resolution!;
    const { operationId } = run.input;
    const { answer } = await recordActivities().takeResolution({ operationId, steps, ...resolution });
    if (answer === 'taken') {
      if (resolution.resolutionId !== undefined) run.carriedOut.add(resolution.resolutionId);
      return resolution;
    }
    log.warn('Decision ignored: the registry has no matching resolution to take', { verb: resolution.verb });
    run.resolution = undefined;
  }
}

/** Clears a decision that has been carried out far enough for the next one to be accepted. */
export function settleResolution(run: Run): void {
  run.undecided = undefined;
  run.resolution = undefined;
}

function refuse(run: Run, verb: ResolutionVerb, request: unknown): void {
  const { reason, resolutionId } = requestOf(verb, request);
  if (resolutionId !== undefined && run.carriedOut.has(resolutionId))
    throw conflict('This decision has already been carried out. Make a new one.');
  if (run.resolution) throw conflict(`Another operator has already decided: ${run.resolution.verb}.`);
  if (!mayDo(run.kind, run.status, verb) || run.undecided === undefined)
    // From the status the API sees whether the run lags behind the registry.
    throw conflict(`The operation is ${run.status}: ${verb} is not possible. It allows ${allowed(run)}.`, run.status);
  if ((verb === 'amend' || verb === 'accept') && resolutionId === undefined)
    throw conflict(`${verb} needs details that only the API accepts: POST /v1/operations/{operationId}/resolution.`);
  if (verb !== 'skip') return;
  const needed = run.undecided.filter((step) => !run.input.recovery!.skippable.includes(step));
  if (needed.length > 0) throw conflict(`The template does not allow ${needed.join(', ')} to be skipped.`);
  if (!reason) throw conflict('Give a reason: { "reason": "…" }. It is kept with the tenant.');
}

/** Picks the known members of a message; others, sent by hand, are dropped. Throws `MalformedMessage`. */
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

function allowed({ kind, status }: Run): string {
  return verbsIn(kind, status).join(', ') || 'nothing of the kind';
}

function conflict(message: string, ...details: unknown[]): Error {
  return runFailure('StateConflict', message, ...details);
}
