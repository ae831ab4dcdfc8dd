import { defaultPayloadConverter } from '@temporalio/common';
import type { Run } from '../../simulation/world/temporal/run';

const secondsOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): string =>
  time ? String(Number(time.seconds ?? 0) + (time.nanos ?? 0) / 1e9) : '-';

/** The answer of a run that has completed. */
export function resultOf(run: Run): unknown {
  const { result } = run.commands.find((command) => command.completeWorkflowExecution)!.completeWorkflowExecution!;
  return defaultPayloadConverter.fromPayload(result!);
}

/**
 * Per activity of a run, by the name that the Web UI shows: seconds allowed for one attempt, for all attempts and between heartbeats; then the
 * first retry interval, its growth and its maximum.
 */
export const askedFor = (run: Run): Record<string, string> =>
  Object.fromEntries(
    run.commands.flatMap(({ scheduleActivity, scheduleLocalActivity, userMetadata }) => {
      const asked = scheduleActivity ?? scheduleLocalActivity;
      if (!asked) return [];
      const { startToCloseTimeout, scheduleToCloseTimeout, activityType } = asked;
      const { initialInterval, backoffCoefficient, maximumInterval, maximumAttempts } = asked.retryPolicy ?? {};
      const label = userMetadata?.summary && String(defaultPayloadConverter.fromPayload(userMetadata.summary));
      const times = [startToCloseTimeout, scheduleToCloseTimeout, scheduleActivity?.heartbeatTimeout].map(secondsOf);
      const apart = [secondsOf(initialInterval), backoffCoefficient, secondsOf(maximumInterval)];
      const most = maximumAttempts ? ` ${maximumAttempts} times` : '';
      return [
        [
          label ?? `${activityType}${scheduleLocalActivity ? ' (local)' : ''}`,
          `${times.join(' ')}, ${apart.join(' ')}${most}`,
        ],
      ];
    }),
  );
