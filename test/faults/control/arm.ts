import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newTenantId } from '../../../contract/ids';
import type { OperationStatus } from '../../../contract/operations/states';
import { newOrder, type Ordered } from '../../helpers/product';
import type { Accepted, Evidence, KnownResource } from '../checker/evidence';
import { listHoldings } from '../checker/holdings';
import { terminal } from '../checker/invariants/i01-terminal';
import { clean } from '../checker/invariants/i04-clean';
import { noOrphan } from '../checker/invariants/i05-no-orphan';
import type { InvariantId } from '../checker/invariant';
import { aim } from '../plan/aim';
import type { Call } from '../plan/calls/call';
import { callsOf } from '../plan/calls/calls';
import { faultsFor, type AimedFault } from '../plan/faults';
import type { Dice } from '../plan/schedule';
import { within } from '../scenarios/scenario';
import type { System, Teardown } from '../system';
import { runSabotage } from './sabotage';

/** Outcome of the control arm. */
export interface ControlResult {
  orders: number;
  violated: Partial<Record<InvariantId, number>>;
}

/** Calls that both arms make; the others go to the registry, which the control arm lacks. */
const SHARED = ['make the share', 'make the bucket', 'make the organization', 'make the admin', 'make the customer'];
const KINDS = ['reset before the effect', 'effect, then a reset', 'effect, then 500', '403 for good'];

/**
 * Runs the orchestrator without durability on the same providers and lines, under the same faults and kills as the product, and judges it
 * by the same checks. If it does not fail, the checks prove nothing. Changes of tenants, which it does not know, are shown by {@link runSabotage}.
 */
export async function runControl(
  system: System,
  { dice, teardown, say }: { dice: Dice; teardown: Teardown; say(text: string): void },
): Promise<ControlResult> {
  // Side by side: the arm's faults meet only its own tenants.
  const [arm, sabotage] = await Promise.all([runArm(system, dice, teardown), runSabotage(system, dice, say)]);
  return { ...arm, violated: { ...arm.violated, ...sabotage } };
}

async function runArm(system: System, dice: Dice, teardown: Teardown): Promise<ControlResult> {
  const arm = await startArm(system);
  teardown.push(async () => void arm.child.kill('SIGKILL'));
  const calls = callsOf('provision').filter(({ name, plan }) => SHARED.includes(name) && plan === 'starter');
  const plan = calls.flatMap((call) =>
    faultsFor(call)
      .filter(({ kind }) => KINDS.includes(kind))
      .map((fault) => ({ call, fault })),
  );
  await Promise.all(dice.shuffle(plan).map(({ call, fault }) => arm.order(call, fault).then(({ over }) => over)));
  const held = await Promise.all(calls.map((call) => arm.order(call, { does: 'mute' })));
  await within(20_000, ...held.map(({ rule }) => rule.hit));
  arm.child.kill('SIGKILL');
  await once(arm.child, 'exit');
  system.lines.heal();
  return judge(arm.evidence(await listHoldings(system.product.endpoints, new Date(Date.now() - 3_600_000))));
}

function judge(evidence: Evidence): ControlResult {
  const violated = { I1: terminal(evidence), I4: clean(evidence), I5: noOrphan(evidence) };
  return {
    orders: evidence.accepted.length,
    violated: Object.fromEntries(Object.entries(violated).map(([id, { violations }]) => [id, violations.length])),
  };
}

interface Known {
  scenario: string;
  status: OperationStatus;
  kinds: string[];
}

async function startArm({ product, lines }: System) {
  const child: ChildProcess = fork(join(__dirname, 'process.ts'), {
    execArgv: ['--import', require.resolve('tsx')],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...product.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const known = new Map<string, Known>();
  const over = new Set<string>();
  child.on('message', (said: { tenantId: string; status?: OperationStatus; kinds?: string[]; over?: true }) => {
    const about = known.get(said.tenantId);
    if (about && said.status) about.status = said.status;
    if (about && said.kinds) about.kinds = said.kinds;
    if (said.over === true || said.status === 'active') over.add(said.tenantId);
  });
  await once(child, 'message');

  const untilOver = async (tenantId: string): Promise<void> => {
    for (const deadline = Date.now() + 60_000; !over.has(tenantId) && Date.now() < deadline;) await sleep(50);
  };
  return {
    child,
    order: async (call: Call, fault: Pick<AimedFault, 'does' | 'times'> & { kind?: string }) => {
      const tenantId = newTenantId();
      const run: Ordered = { operationId: `op_${tenantId}`, tenantId, order: newOrder() };
      const rule = aim(lines, run, call, fault);
      known.set(tenantId, { scenario: `${fault.kind ?? 'SIGKILL'}: ${call.name}`, status: 'pending', kinds: [] });
      child.send(tenantId);
      return { rule, over: untilOver(tenantId) };
    },
    evidence: (all: Evidence['holdings']): Evidence => {
      const accepted = [...known].map(([tenantId, { scenario, status }]): Accepted => ({
        scenario,
        operationId: `op_${tenantId}`,
        tenantId,
        tenantName: tenantId,
        plan: 'starter',
        status,
        leftovers: [],
        foreign: [],
        fatal: false,
        cancelled: false,
        takenOver: false,
        kind: 'provision',
        tenantState: status === 'active' ? 'active' : 'provisioning',
      }));
      // The control arm has no ledger, so its own reports replace one; that it reports only afterwards is not held against it.
      const ledger = [...known].flatMap(([tenantId, { kinds }]) => kinds.map((kind) => resource(tenantId, kind)));
      return { accepted, holdings: all.filter(({ tenantId }) => known.has(tenantId)), ledger, calls: [], orphans: [] };
    },
  };
}

function resource(tenantId: string, kind: string): KnownResource {
  const operationId = `op_${tenantId}`;
  return { tenantId, operationId, step: 'database', kind, provider: '', state: 'present', intendedAt: new Date(0) };
}
