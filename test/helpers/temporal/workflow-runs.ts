import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { PROGRESS_QUERY, type Progress, type ResolutionRequest } from '../../../contract/operations/messages';
import type { OperationStatus, ResolutionVerb } from '../../../contract/operations/states';

/** The type and message of the failure a run ended with. */
export async function failureOf(run: WorkflowHandle): Promise<{ type: string | null | undefined; message: string }> {
  const error = await run.result().then(
    () => undefined,
    (thrown: Error) => thrown.cause as ApplicationFailure,
  );
  expect(error).toBeInstanceOf(ApplicationFailure);
  return { type: error!.type, message: error!.message };
}

/** Lets `work` happen while an activity is under way, and holds that activity until `release` is called. */
export function gate(): { reached: Promise<void>; release: () => void; wait: () => Promise<void> } {
  let reach!: () => void;
  let release!: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    reached,
    release,
    wait: () => {
      reach();
      return released;
    },
  };
}

/** Resolves with where the run stands once it has this status. */
export async function untilStatus(run: WorkflowHandle, status: OperationStatus): Promise<Progress> {
  for (;;) {
    const progress = await run.query<Progress>(PROGRESS_QUERY);
    if (progress.status === status) return progress;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An operator's verb; rejects when the run refuses it. */
export function resolve(run: WorkflowHandle, verb: ResolutionVerb, request: ResolutionRequest = {}): Promise<unknown> {
  return run.executeUpdate(verb, { args: [request] });
}

/** Resolves once neither an activity nor a task of the run is under way. The test server lets no time pass while one is, not even after its run was ended. */
export async function untilQuiet(run: WorkflowHandle): Promise<void> {
  for (;;) {
    const events = (await run.fetchHistory()).events ?? [];
    const begun = events.filter((event) => event.activityTaskScheduledEventAttributes).length;
    const ended = events.filter((event) => event.activityTaskCompletedEventAttributes).length;
    const failed = events.filter((event) => event.activityTaskFailedEventAttributes).length;
    const tasks = events.filter((event) => event.workflowTaskScheduledEventAttributes).length;
    const tasksDone = events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
    if (begun === ended + failed && tasks === tasksDone) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
