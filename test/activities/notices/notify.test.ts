import { createHash } from 'node:crypto';
import type { Mail } from '../../../providers/mail/mailer';
import type { OperatorNotice } from '../../../activities/operations/interface';
import { createNotify } from '../../../activities/notices/notify';
import type { OperationFailure } from '../../../contract/operations/messages';
import { markPresent } from '../../../registry/ledger/ledger';
import { intended } from '../../helpers/ledger';
import { acceptOrder } from '../../../registry/operations/acceptance';
import type { Outcome } from '../../../registry/operations/outcome';
import { recordOutcome } from '../../../registry/operations/transitions';
import { recordStepEvent } from '../../../registry/operations/step-events';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { loadTemplates } from '../../../templates/load';
import { argumentsOf } from '../../providers/unit/mail/samples';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

const templates = loadTemplates('templates');
const DECLINED: OperationFailure = {
  type: 'PaymentMethodDeclined',
  message: 'stripe: the card was declined.',
  step: 'integrations',
  pointer: '/paymentMethod',
};
const REFUSED: OperationFailure = { type: 'ProviderRefused', message: 'versity: refused with 403.', step: 'database' };

let registry: TestRegistry;
let sent: Mail[];
beforeAll(async () => {
  registry = await createTestRegistry();
});
beforeEach(() => {
  sent = [];
});
afterAll(async () => registry.drop());

function notify() {
  const settings = {
    temporalUiUrl: 'https://temporal.example.com',
    operatorMail: ['on-call@example.com', 'lead@example.com'],
    approverMail: ['sales@example.com'],
  };
  return createNotify(mailDependencies(registry, { send: async (mail) => void sent.push(mail) }, settings));
}

let sequence = 0;

/** An accepted order whose operation has made these moves. */
async function operation(...moves: Omit<Outcome, 'operationId'>[]): Promise<{ operationId: string; tenantId: string }> {
  const accepted = await acceptOrder(registry.pool, registry.keys, {
    caller: 'token:signup',
    requestHash: createHash('sha256').update('x').digest(),
    order: {
      tenantName: `notify-${++sequence}`,
      organizationName: 'Acme',
      adminUser: { email: 'ada@example.org', firstName: 'Ada', lastName: 'L', role: 'owner' },
      subscription: { plan: 'professional', billingCycle: 'monthly', features: [] },
      configuration: {},
      customizations: { storageQuotaGb: 60 },
    },
    template: templates.get('professional'),
    approvalsRequired: ['storageQuotaGb'],
  });
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  for (const move of moves)
    expect(await recordOutcome(registry.pool, { operationId: accepted.operationId, ...move })).toBe('committed');
  return accepted;
}

const HOLD_UNTIL = new Date('2026-11-26T12:00:00Z');
const held = (failure: OperationFailure) =>
  operation({ status: 'validating' }, { status: 'on_hold', failure, holdUntil: HOLD_UNTIL });

async function bucketOf({ operationId, tenantId }: { operationId: string; tenantId: string }, present: boolean) {
  const resourceId = await intended(registry.pool, {
    operationId,
    tenantId,
    step: 'storage-and-compute',
    kind: 'bucket',
    provider: 'versity',
    region: 'eu-central',
    cell: 'eu-central-s3',
    name: `t-${tenantId}`,
  });
  if (present) await markPresent(registry.pool, resourceId, `t-${tenantId}`, {});
}

const notice = (operationId: string, more: Partial<OperatorNotice>): OperatorNotice => ({
  operationId,
  failure: REFUSED,
  status: 'on_hold',
  occurrence: 0,
  ...more,
});

/** Request bodies of the API calls quoted in a mail, by verb. */
function callsIn({ text }: Mail): Record<string, unknown> {
  const bodies = ['retry', 'amend', 'skip', 'compensate', 'accept']
    .filter((verb) => text.includes(`"verb":"${verb}"`))
    .map((verb) => JSON.parse(argumentsOf(text, `"verb":"${verb}"`).at(-1)!) as { verb: string });
  return Object.fromEntries(bodies.map((body) => [body.verb, body]));
}

describe('operators, about a run on hold', () => {
  test('get one mail each, with the step, the attempts, the existing resources and the deadline', async () => {
    const run = await held(REFUSED);
    await bucketOf(run, true);
    for (const attempt of [1, 2, 3])
      await recordStepEvent(registry.pool, {
        operationId: run.operationId,
        activityId: '1',
        attempt,
        step: 'database',
        direction: 'forward',
        startedAt: new Date(),
        endedAt: new Date(),
        errorType: 'ProviderRefused',
        errorMessage: '403',
      });
    await notify().notifyOperators(notice(run.operationId, {}));
    expect(sent.map(({ to }) => to)).toEqual(['on-call@example.com', 'lead@example.com']);
    for (const part of [
      'Step: Provision the database share',
      'Attempts: 3',
      'Decide before: 26 November 2026 at 12:00 UTC',
      `- bucket t-${run.tenantId} (versity, eu-central)`,
      `https://api.example.com/v1/operations/${run.operationId}`,
      'https://temporal.example.com/namespaces/default/workflows/operation%2F',
    ])
      expect(sent[0]!.text).toContain(part);
  });

  test('are offered every possible verb for a skippable step, with a patch for the member to correct', async () => {
    const { operationId } = await held(DECLINED);
    await notify().notifyOperators(notice(operationId, { failure: DECLINED }));
    expect(callsIn(sent[0]!)).toEqual({
      retry: { verb: 'retry' },
      amend: { verb: 'amend', patch: { paymentMethod: '<CORRECTED>' }, reason: 'why' },
      skip: { verb: 'skip', reason: 'why' },
      compensate: { verb: 'compensate', reason: 'why' },
    });
  });

  test('are not offered what the run would refuse: no patch without a user fault, and no skip of a required step', async () => {
    const { operationId } = await held(REFUSED);
    await notify().notifyOperators(notice(operationId, {}));
    expect(Object.keys(callsIn(sent[0]!))).toEqual(['retry', 'compensate']);
  });

  test('are not offered to skip when another step failed beside the skippable one', async () => {
    const { operationId } = await held(DECLINED);
    await recordStepEvent(registry.pool, {
      operationId,
      activityId: '7',
      attempt: 1,
      step: 'identity',
      direction: 'forward',
      startedAt: new Date(),
      endedAt: new Date(),
      errorType: 'ProviderRefused',
    });
    await notify().notifyOperators(notice(operationId, { failure: DECLINED }));
    expect(Object.keys(callsIn(sent[0]!))).toEqual(['retry', 'amend', 'compensate']);
  });

  test('are not asked any more once one of them has decided', async () => {
    const { operationId } = await held(REFUSED);
    await recordOutcome(registry.pool, { operationId, status: 'provisioning' });
    await notify().notifyOperators(notice(operationId, {}));
    expect(sent).toEqual([]);
  });

  test('get one mail however often it is requested, and another one at the next hold', async () => {
    const { operationId } = await held(REFUSED);
    for (const occurrence of [0, 0, 1]) await notify().notifyOperators(notice(operationId, { occurrence }));
    await registry.pool.query(`update operation set updated_at = updated_at + interval '1 minute'`);
    // Sent by a run that succeeded a lost one, and counts holds from the beginning.
    await notify().notifyOperators(notice(operationId, { occurrence: 0 }));
    const mails = sent.filter(({ to }) => to === 'on-call@example.com');
    expect(mails).toHaveLength(3);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(3);
    const keys = mails.map(({ text }) => argumentsOf(text, '"retry"').find((argument) => argument.startsWith('Idem')));
    expect(new Set(keys).size).toBe(3);
  });
});

describe('operators, about leftovers', () => {
  test('get each leftover with its last error, and the calls that retry or accept exactly these', async () => {
    const run = await operation({ status: 'compensating', failure: REFUSED }, { status: 'needs_operator' });
    await bucketOf(run, false);
    await registry.pool.query(`update resource set state = 'absent' where operation_id = $1 and kind <> 'bucket'`, [
      run.operationId,
    ]);
    await registry.pool.query(
      `update resource set state = 'closing', last_error = '403' where operation_id = $1 and kind = 'bucket'`,
      [run.operationId],
    );
    await notify().notifyOperators(notice(run.operationId, { status: 'needs_operator' }));
    const id = `t-${run.tenantId}`;
    expect(sent[0]!.subject).toMatch(/, 1 leftover$/);
    expect(sent[0]!.text).toContain(`- bucket ${id} (versity, eu-central): 403`);
    expect(callsIn(sent[0]!)).toEqual({
      retry: { verb: 'retry' },
      accept: { verb: 'accept', leftovers: [{ kind: 'bucket', id }], reason: 'why' },
    });
  });

  test('learn at the end which leftovers were accepted', async () => {
    const run = await operation({ status: 'compensating', failure: REFUSED }, { status: 'failed' });
    await bucketOf(run, true);
    await registry.pool.query(`update resource set state = 'accepted' where operation_id = $1 and kind = 'bucket'`, [
      run.operationId,
    ]);
    await notify().notifyOperators(notice(run.operationId, { status: 'failed' }));
    expect(sent[0]!.text).toContain(`taken over:\n\n- bucket t-${run.tenantId}`);
    expect(callsIn(sent[0]!)).toEqual({});
  });
});

describe('approvers', () => {
  const waiting = () =>
    operation({ status: 'validating' }, { status: 'awaiting_approval', approvalDeadline: HOLD_UNTIL });

  test('are asked, and reminded in a separate mail that names the deadline', async () => {
    const { operationId } = await waiting();
    await notify().notifyApprovers({ operationId });
    await notify().notifyApprovers({ operationId, reminder: true });
    expect(sent.map(({ to }) => to)).toEqual(['sales@example.com', 'sales@example.com']);
    expect(sent[0]!.text).toContain('storageQuotaGb = 60');
    expect(sent[1]!.subject).toContain('26 November 2026 at 12:00 UTC');
    expect(sent[1]!.messageId).not.toBe(sent[0]!.messageId);
  });

  test('are not reminded once the order is decided', async () => {
    const { operationId } = await waiting();
    await recordOutcome(registry.pool, { operationId, status: 'provisioning' });
    await notify().notifyApprovers({ operationId, reminder: true });
    expect(sent).toEqual([]);
  });
});

describe('the customer', () => {
  test('is notified at the first admin’s address, with nothing internal but the reference', async () => {
    const { operationId, tenantId } = await operation({ status: 'compensating', failure: DECLINED });
    await notify().notifyCustomer({ operationId, failure: DECLINED });
    const [{ to, subject, text, html }] = sent as [Mail];
    expect([to, subject]).toEqual(['ada@example.org', 'Acme could not be set up']);
    expect(text).toContain('The payment method cannot be used');
    expect(text).toContain(operationId);
    expect(`${text}${html}`).not.toMatch(new RegExp(`${tenantId}|stripe|ada@|api\\.example`, 'i'));
  });

  test('is not notified once the order can no longer be decrypted', async () => {
    const { operationId, tenantId } = await operation({ status: 'compensating', failure: DECLINED });
    await destroyTenantKey(registry.pool, tenantId);
    await notify().notifyCustomer({ operationId, failure: DECLINED });
    expect(sent).toEqual([]);
  });
});

test('an operation missing from the registry is a failure that is not retried', async () => {
  await expect(notify().notifyOperators(notice('op_missing', {}))).rejects.toMatchObject({
    type: 'OperationNotFound',
    nonRetryable: true,
  });
});
