import type { Progress } from '../contract/messages';
import { STATE_TABLE } from '../contract/states';
import type { StepState } from '../contract/steps';

const MARKS: Record<StepState, string> = {
  pending: '·',
  running: '▶',
  done: '✔',
  failed: '✘',
  compensating: '↩',
  compensated: '⌫',
  skipped: '–',
};

/** The Markdown an operator reads in the Temporal Web UI: where the run stands, its steps, what went wrong and what is left. */
export function markdownDetails(progress: Progress): string {
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
  if (progress.failure)
    lines.push('', `Failure in *${progress.failure.step}*: **${progress.failure.type}** – ${progress.failure.message}`);
  if (progress.leftovers.length > 0) {
    lines.push('', 'Leftovers an operator must look at:', '');
    for (const { kind, provider, region, id, lastError } of progress.leftovers)
      lines.push(`- \`${kind}\` at ${provider} (${region}): \`${id}\` – ${lastError}`);
  }
  const decisions = STATE_TABLE[progress.status].verbs.filter((verb) => verb !== 'cancel');
  if (progress.status === 'on_hold' || progress.status === 'needs_operator')
    lines.push('', `An operator decides: ${decisions.map((verb) => `**${verb}**`).join(', ')}${until(progress)}.`);
  return lines.join('\n');
}

function until({ holdUntil }: Progress): string {
  return holdUntil === undefined ? '' : ` – without a decision before ${holdUntil} everything is undone`;
}
