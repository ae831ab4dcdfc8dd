import type { Accepted, Evidence, KnownResource } from './checker/evidence';
import type { RecordedActivity } from './checker/histories';
import type { Holding } from './checker/holdings';
import { terminal } from './checker/invariants/i01-terminal';
import { oneWinner } from './checker/invariants/i02-one-winner';
import { clean } from './checker/invariants/i04-clean';
import { noOrphan } from './checker/invariants/i05-no-orphan';
import { madeOnce } from './checker/invariants/i06-single-effect';
import { outOfOrder } from './checker/invariants/i07-order';
import { honest } from './checker/invariants/i08-honest';
import { brokenChain, wrongTransitions, type AuditEntry } from './checker/invariants/i09-audit';
import { notVacuous } from './checker/invariants/i14-not-vacuous';
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { patient } from './checker/patience';
import type { LoggedCall } from './proxies/effect-log';

const TENANT = 'abcdefghijklmnop';
const INTENDED = new Date('2026-01-01T00:00:00Z');

function accepted(changes: Partial<Accepted> = {}): Accepted {
  return {
    scenario: 'a test',
    operationId: 'op_1',
    tenantId: TENANT,
    tenantName: 'acme',
    plan: 'starter',
    status: 'failed',
    leftovers: [],
    foreign: [],
    fatal: false,
    cancelled: false,
    takenOver: false,
    kind: 'provision',
    tenantState: 'active',
    ...changes,
  };
}

function holding(changes: Partial<Holding> = {}): Holding {
  return { tenantId: TENANT, provider: 'versity', what: 'bucket', name: `t-${TENANT}`, ...changes };
}

function row(changes: Partial<KnownResource> = {}): KnownResource {
  return {
    tenantId: TENANT,
    operationId: 'op_1',
    step: 'storage-and-compute',
    kind: 'bucket',
    provider: 'versity',
    state: 'present',
    intendedAt: INTENDED,
    ...changes,
  };
}

function logged(changes: Partial<LoggedCall> = {}): LoggedCall {
  return {
    at: INTENDED.getTime() + 5,
    provider: 'versity',
    method: 'PUT',
    path: `/t-${TENANT}`,
    tenantId: TENANT,
    status: 200,
    ...changes,
  };
}

function evidence(changes: Partial<Evidence>): Evidence {
  return { accepted: [], holdings: [], ledger: [], calls: [], orphans: [], ...changes };
}

describe('the checker detects', () => {
  test.each([
    ['an order without an outcome', accepted({ status: 'provisioning' })],
    ['a tenant that is active in spite of a refusal', accepted({ status: 'active', fatal: true })],
    ['a cancelled order that became active', accepted({ status: 'active', cancelled: true })],
  ])('%s (I1)', (_, order) => {
    expect(terminal({ accepted: [order] }).violations).toHaveLength(1);
    expect(terminal({ accepted: [accepted()] })).toEqual({ checked: 1, violations: [] });
  });

  test('two tenants for one order, and for one name (I2)', () => {
    const answers = ['a', 'b'].map((tenantId) => ({ status: 202, tenantId }));
    const both = ['a', 'b'].map((tenantId) => accepted({ tenantId, status: 'active' }));
    expect(oneWinner({ accepted: both }, [{ what: 'same key', answers }]).violations).toHaveLength(2);
    expect(oneWinner({ accepted: [both[0]!, accepted()] }, []).violations).toEqual([]);
  });

  test('leftovers of an undone tenant, and the deletion of a foreign resource (I4)', () => {
    const check = (order: Accepted, holdings: Holding[], ledger: KnownResource[] = []) =>
      clean({ accepted: [order], holdings, ledger }).violations.length;
    const theirs = accepted({ foreign: [`bucket t-${TENANT}`] });
    expect(check(accepted(), [holding()])).toBe(1);
    expect(check(theirs, [])).toBe(1);
    expect(check(theirs, [holding()])).toBe(0);
    expect(check(accepted(), [])).toBe(0);
    const handed = row({ state: 'accepted' });
    expect(check(accepted({ takenOver: true }), [holding()], [handed])).toBe(0);
    expect(check(accepted({ takenOver: true }), [holding({ what: 'organization' })], [handed])).toBe(1);
    expect(check(accepted(), [holding()], [handed])).toBe(1);
  });

  test('resources without a ledger row, or made before it (I5)', () => {
    const count = (changes: Partial<Evidence>): number => noOrphan(evidence(changes)).violations.length;
    expect(count({ holdings: [holding()] })).toBe(1);
    expect(count({ holdings: [holding()], ledger: [row({ state: 'absent' })] })).toBe(1);
    expect(count({ calls: [logged({ at: INTENDED.getTime() - 5 })], ledger: [row()] })).toBe(1);
    expect(count({ holdings: [holding()], calls: [logged()], ledger: [row()] })).toBe(0);
    const strays = [{ tenantId: TENANT, kind: 'bucket', name: `t-${TENANT}` }];
    expect(count({ orphans: strays })).toBe(1);
    expect(count({ orphans: strays, accepted: [accepted({ foreign: [`bucket t-${TENANT}`] })] })).toBe(0);
  });

  test('a bucket made twice (I6)', () => {
    const count = (calls: LoggedCall[]): number => madeOnce(calls, () => ({})).violations.length;
    expect(count([logged(), logged()])).toBe(1);
    expect(count([logged(), logged({ status: 409 })])).toBe(0);
    expect(count([logged(), logged({ method: 'DELETE', status: 204 }), logged()])).toBe(0);
  });

  test('an undo that did not wait for dependent steps, and one after the pivot (I7)', () => {
    const undo = (step: RecordedActivity['step'], scheduled: number, settled: number): RecordedActivity => ({
      type: 'compensateStep',
      ...(step === undefined ? {} : { step }),
      scheduled,
      settled,
      completed: true,
    });
    const pivot: RecordedActivity = { type: 'activateTenant', scheduled: 1, settled: 2, completed: true };
    expect(outOfOrder([undo('security', 1, 5), undo('database', 2, 3)])).toContain('security');
    expect(outOfOrder([undo('security', 1, 2), undo('database', 3, 4)])).toBeUndefined();
    expect(outOfOrder([pivot, undo('database', 3, 4)])).toContain('after the pivot');
    expect(outOfOrder([pivot, undo('integrations', 3, 4)], ['integrations'])).toContain('after the pivot');
    const early = undo('integrations', 0, 0.5);
    expect(outOfOrder([early, pivot])).toContain('after the pivot');
    expect(outOfOrder([early, pivot], ['integrations'])).toBeUndefined();
  });

  test('a leftover list that differs from the real leftovers (I8)', () => {
    const leftover = { kind: 'bucket', provider: 'versity', region: 'eu-central', id: 'x', lastError: 'x' };
    const stuck = accepted({ status: 'needs_operator', leftovers: [leftover] });
    const count = (changes: Partial<Evidence>): number => honest(evidence(changes)).violations.length;
    expect(count({ accepted: [stuck], ledger: [row()], holdings: [holding({ what: 'organization' })] })).toBe(1);
    expect(count({ accepted: [stuck], ledger: [] })).toBe(1);
    expect(count({ accepted: [stuck], ledger: [row()], holdings: [holding()] })).toBe(0);
  });

  test('a changed, a removed and a forged entry of the audit trail (I9)', () => {
    const trail = chain(['order.accepted', 'operation.validating', 'operation.compensating', 'operation.failed']);
    expect(brokenChain(trail)).toBeUndefined();
    expect(wrongTransitions(trail, 'failed')).toBeUndefined();
    expect(wrongTransitions(trail, 'active')).toContain('ends with failed');
    expect(brokenChain(trail.toSpliced(1, 1))).toContain('missing');
    expect(brokenChain(trail.map((entry, index) => (index === 1 ? { ...entry, actor: 'me' } : entry)))).toContain(
      'changed',
    );
    expect(wrongTransitions(chain(['order.accepted', 'operation.active']), 'active')).toContain('which there is not');
  });

  test('a caller that ignored Retry-After, and one that repeated a permanently refused call (I13)', () => {
    const at = INTENDED.getTime();
    const throttled = [logged({ at, fault: '429' }), logged({ at: at + 500 })];
    const refused = [1, 2, 3].map((n) => logged({ at: at + n, fault: '403' }));
    const stubborn = accepted({ scenario: '403 for good: make the bucket' });
    expect(patient({ accepted: [stubborn], calls: [...throttled, ...refused] }).violations).toHaveLength(2);
    const checked = accepted({ scenario: '403 for good: write as the tenant' });
    expect(patient({ accepted: [checked], calls: refused }).violations).toEqual([]);
    expect(patient({ accepted: [checked], calls: [...refused, ...refused] }).violations).toHaveLength(1);
    expect(
      patient({ accepted: [stubborn], calls: [throttled[0]!, logged({ at: at + 5_000 }), refused[0]!] }).violations,
    ).toEqual([]);
  });

  test('a fault that never happened, too few active tenants, and a control arm that did not fail (I14)', () => {
    const faults = new Map([
      ['503', { planned: 2, fired: 0 }],
      ['terminate: identity', { planned: 1, fired: 0 }],
      ['terminate: database', { planned: 1, fired: 1 }],
    ]);
    expect(notVacuous({ accepted: [accepted()] }, faults, { I1: 1, I5: 2 }).violations).toHaveLength(8);
  });
});

function chain(actions: string[]): AuditEntry[] {
  let previousHash: Buffer = Buffer.alloc(32);
  let from = 'pending';
  return actions.map((action, index) => {
    const at = new Date(INTENDED.getTime() + index);
    const entry = {
      tenantId: TENANT,
      operationId: 'op_1',
      actor: 'workflow',
      action,
      detail: { from },
      sequence: index + 1,
    };
    const hash = createHash('sha256')
      .update(previousHash)
      .update(canonicalize({ ...entry, at: at.toISOString() }) ?? '')
      .digest();
    const whole = { ...entry, at, previousHash, hash };
    previousHash = hash;
    from = action.replace('operation.', '').replace('order.accepted', 'pending');
    return whole;
  });
}
