import type pg from 'pg';
import type { Leftover } from '../../../contract/operations/messages';
import type { Step } from '../../../contract/operations/steps';
import { CLEAN_STATUSES, END_STATUSES, type OperationStatus } from '../../../contract/operations/states';
import type { OperationFailure } from '../../../contract/operations/messages';
import { listResources } from '../../../registry/ledger/ledger';
import { outOfOrder } from '../../faults/checker/invariants/i07-order';
import { brokenChain, wrongTransitions, type AuditEntry } from '../../faults/checker/invariants/i09-audit';
import { keyOf } from '../world/providers';
import { wordsOf } from '../world/people';
import type { Simulated } from '../world/stage';

/** Invariants of every run: I1 to I13 of the fault matrix, as far as a single tenant can show them. */
export const INVARIANTS = {
  I1: 'Every accepted order ends, in exactly one outcome',
  I3: 'Active means complete',
  I4: 'Undone means nothing is left',
  I5: 'Nothing exists that no ledger row stands for',
  I6: 'Money moves only for active tenants',
  I7: 'Compensation runs in reverse order',
  I9: 'The audit trail is unbroken and has every transition',
  I13: 'Nothing that anyone sends, and nothing that fails, stops a run for good',
  I15: 'No needless failure: where every provider is well in the end and no person said no, the tenant becomes active',
  I16: 'What was answered with 202 counts',
  I17: 'The first admin gets the mail that hands the tenant over',
  I18: 'A failure says what failed, and no internal address',
} as const;

/** One of {@link INVARIANTS}. */
export type InvariantId = keyof typeof INVARIANTS;

/** A violated invariant, with details. */
export interface Violation {
  id: InvariantId;
  what: string;
}

interface Row {
  status: OperationStatus;
  failure: OperationFailure | null;
  skipped: { step: Step }[];
  leftovers: Leftover[];
  approvalState: string;
  templateIsolation: string;
}

/** The violations of a run, if any. Virtual time does not advance meanwhile. */
export async function violationsOf(simulated: Simulated, registry: pg.Pool): Promise<Violation[]> {
  const { operationId, tenantId, run, world, finished } = simulated;
  const found: Violation[] = [];
  const wrong = (id: InvariantId, what: string): void => void found.push({ id, what });
  if (run?.ending === 'wedged') {
    wrong('I13', run.why);
    return found;
  }
  if (operationId === '') {
    wrong('I1', 'the order was never accepted');
    return found;
  }
  const { rows } = await registry.query<Row>(
    `select status, failure, leftovers, skipped, approval_state as "approvalState" from operation where operation_id = $1`,
    [operationId],
  );
  const row = rows[0]!;
  const skipped = row.skipped.map(({ step }) => step);
  if (!finished || !run || !run.closed) {
    wrong('I13', `nothing ever ends the run, which is ${row.status}${lastTrouble(simulated)}`);
    return found;
  }
  if (!END_STATUSES.includes(row.status)) wrong('I1', `the run has ended, and the operation is ${row.status}`);
  if ((row.status === 'active') !== (run.ending === 'completed'))
    wrong('I1', `the run is ${run.ending}, and the operation is ${row.status}`);

  const ledger = await listResources(registry, tenantId);
  const held = [...world.held.values()].filter((each) => each.tenantId === tenantId);
  if (row.status === 'active') {
    for (const { kind, state, provider, step } of ledger) {
      const expected = skipped.includes(step) ? 'absent' : 'present';
      if (state !== expected && row.failure === null) wrong('I3', `the ledger has ${kind} as ${state}`);
      const inWorld = world.held.get(keyOf(kind, tenantId));
      if (provider !== 'registry' && state === 'present' && inWorld?.half !== false)
        wrong('I3', `${kind} is not there, or half-made`);
    }
    if (
      !world.charged.has(tenantId) &&
      ledger.some(({ kind, state }) => kind.includes('subscription') && state === 'present')
    )
      wrong('I3', 'the subscription never began');
    const welcome = world.mails.filter(({ messageId }) => messageId.startsWith(`${operationId}.welcome`));
    if (welcome.length === 0) wrong('I17', 'the tenant is active, and the mail that hands it over never came');
  }
  if (CLEAN_STATUSES.includes(row.status)) {
    const accepted = new Set(ledger.filter(({ state }) => state === 'accepted').map(({ kind }) => kind));
    for (const { kind } of held) if (!accepted.has(kind)) wrong('I4', `${kind} is still there`);
    for (const { kind, state } of ledger)
      if (!['absent', 'accepted', 'scheduled_for_deletion'].includes(state))
        wrong('I4', `the ledger has ${kind} as ${state}`);
    if (world.charged.has(tenantId)) wrong('I6', 'money was asked of a tenant that is not active');
  }
  for (const { kind } of held) if (!ledger.some((each) => each.kind === kind)) wrong('I5', `${kind} is in no ledger`);

  const audit = await registry.query<AuditEntry>(
    `select tenant_id as "tenantId", sequence::int as sequence, operation_id as "operationId", at, actor, action, detail,
       previous_hash as "previousHash", hash from audit_entry where tenant_id = $1 order by sequence`,
    [tenantId],
  );
  const broken = brokenChain(audit.rows) ?? wrongTransitions(audit.rows, row.status);
  if (broken !== undefined) wrong('I9', broken);

  const disorder = outOfOrder(run.activities, skipped);
  if (disorder !== undefined) wrong('I7', disorder);

  for (const { action, answer, words } of simulated.answers)
    if (answer === 'error') wrong('I13', `${wordsOf(action)}: ${words}`);

  const approved = simulated.answers.find(({ action, answer }) => action.do === 'approve' && answer === 'accepted');
  const decided = simulated.answers.some(({ action }) => action.do === 'reject' || action.do === 'signal');
  if (approved && !decided && row.approvalState === 'expired')
    wrong('I16', 'the API accepted an approval, and the order expired');

  const { failure } = row;
  if (failure?.type === 'InternalError') wrong('I18', `a defect is reported: ${failure.message}`);
  if (failure && /\b\d{1,3}(\.\d{1,3}){3}\b/.test(failure.message))
    wrong('I18', `the failure tells too much: ${failure.message}`);

  const no = reasonToFail(simulated);
  if (row.status !== 'active' && no === undefined)
    wrong(
      'I15',
      `${row.status} for ${failure?.type ?? 'no reason'} (${failure?.step ?? '?'}: ${failure?.message ?? ''})`,
    );
  return found;
}

/** Legitimate reason for a run to end without a tenant: a provider, an approver or an operator refused. */
export function reasonToFail({ plan, world, answers }: Simulated): string | undefined {
  if (world.refusals.length > 0) return `${world.refusals[0]} was refused for good`;
  const taken = answers.filter(({ answer }) => answer !== 'refused');
  const no = taken.find(
    ({ action }) =>
      action.do === 'reject' ||
      action.do === 'cancel' ||
      action.do === 'temporal-cancel' ||
      (action.do === 'signal' && action.sent === 'reject') ||
      (action.do === 'update' && ['cancel', 'compensate'].includes(action.name)) ||
      (action.do === 'resolve' && ['compensate', 'skip'].includes(action.verb)),
  );
  if (no) return wordsOf(no.action);
  if (!plan.needsApproval) return undefined;
  const approved = answers.some(
    ({ action, answer }) =>
      (action.do === 'approve' && answer === 'accepted') ||
      (action.do === 'signal' && action.sent === 'approve' && plan.acceptUnverified),
  );
  return approved ? undefined : 'nobody approved';
}

function lastTrouble({ world }: Simulated): string {
  const last = world.story.at(-1);
  return last ? `; the last that happened: ${last.what}` : '';
}
