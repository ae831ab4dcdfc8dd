import type { Progress } from '../../contract/operations/messages';
import { verbsIn, type OperationKind } from '../../contract/operations/kinds';
import type { StepState } from '../../contract/operations/steps';

const MARKS: Record<StepState, string> = {
  pending: '·',
  running: '▶',
  done: '✔',
  failed: '✘',
  compensating: '↩',
  compensated: '⌫',
  skipped: '–',
};

/** The Markdown that operators see in the Temporal Web UI: the run's status, its steps, the failure and the leftovers. */
export function webUiDetails(kind: OperationKind, progress: Progress): string {
  const rows = progress.steps.map(
    ({ label, state }, index) => `| ${index + 1} | ${label} | ${MARKS[state]} ${state} |`,
  );
  const lines = [
    `**${progress.status}** – ${progress.completed} of ${progress.total} steps`,
    '',
    '| # | step | state |',
    '|---|---|---|',
    ...rows,
  ];
  if (progress.approval !== 'not_required') lines.push('', `Approval: **${progress.approval}**`);
  if (progress.waitsFor !== undefined) lines.push('', `Waits for ${progress.waitsFor}.`);
  if (progress.failure)
    lines.push('', `Failure in *${progress.failure.step}*: **${progress.failure.type}** – ${progress.failure.message}`);
  if (progress.leftovers.length > 0) {
    lines.push('', 'Leftovers an operator must look at:', '');
    for (const { kind, provider, region, id, lastError } of progress.leftovers)
      lines.push(`- \`${kind}\` at ${provider} (${region}): \`${id}\` – ${lastError}`);
  }
  const decisions = verbsIn(kind, progress.status).filter((verb) => verb !== 'cancel');
  if (progress.status === 'on_hold' || progress.status === 'needs_operator')
    lines.push(
      '',
      `An operator decides: ${decisions.map((verb) => `**${verb}**`).join(', ')}${deadlineNote(progress)}.`,
    );
  return lines.join('\n');
}

function deadlineNote({ holdUntil }: Progress): string {
  return holdUntil === undefined ? '' : ` – without a decision before ${holdUntil} everything is undone`;
}
