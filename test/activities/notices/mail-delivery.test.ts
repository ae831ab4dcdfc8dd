import type { Mail } from '../../../providers/mail/mailer';
import { classifyMail } from '../../../providers/mail/classify';
import type { MailDependencies } from '../../../activities/dependencies';
import { createFinalize } from '../../../activities/provision/finalize';
import { sendClaimLink } from '../../../activities/credentials/hand-over';
import { deliverDue } from '../../../activities/notices/mail/mail-delivery';
import { createNotify } from '../../../activities/notices/notify';
import type { OperationFailure } from '../../../contract/operations/messages';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { OperationStatus } from '../../../contract/operations/states';
import { claimToken } from '../../../registry/credentials/claim-tokens';
import { takeCredentials } from '../../../registry/credentials/claims';
import { countUndeliveredMails } from '../../../registry/operations/mails';
import { listOperations } from '../../../registry/views/operation-list';
import { findOperation, readOperation } from '../../../registry/views/operations';
import { destroyTenantKey, loadTenantKey } from '../../../registry/keys/tenant-keys';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('delivery of mail: not run, this machine has no PostgreSQL');

const DOWN = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect', code: 'ESOCKET' });
const UNKNOWN_ADDRESS = Object.assign(new Error('550 no such user'), {
  code: 'EENVELOPE',
  command: 'RCPT TO',
  responseCode: 550,
});
const LOGIN_REFUSED = Object.assign(new Error('535'), { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 });
const DECLINED: OperationFailure = { type: 'PaymentMethodDeclined', message: 'declined', step: 'integrations' };

/** A billing provider that is asked for nothing. */
const UNBILLED = {
  subscription: { kind: 'billing-subscription' },
  activateSubscription: () => Promise.reject(new Error('Nothing is billed.')),
  classify: () => undefined,
};

suite('mail that a person waits for', () => {
  let registry: TestRegistry;
  let dependencies: MailDependencies;
  let sent: Mail[];
  /** The mail server's answer, by recipient. */
  let answer: (to: string) => Error | undefined;

  beforeAll(async () => {
    registry = await createTestRegistry();
    const send = async (mail: Mail): Promise<void> => {
      await Promise.resolve();
      const error = answer(mail.to);
      if (error) throw error;
      sent.push(mail);
    };
    dependencies = mailDependencies(
      registry,
      { send, classify: classifyMail },
      {
        operatorMail: ['a@ops.example', 'b@ops.example'],
        approverMail: ['a@sales.example', 'b@sales.example'],
      },
    );
  });
  afterAll(() => registry.drop());
  beforeEach(async () => {
    sent = [];
    answer = () => undefined;
    await registry.pool.query(`delete from mail`);
  });

  async function tenant(status: OperationStatus): Promise<AcceptedTenant> {
    const accepted = await acceptTenant(registry);
    await registry.pool.query(
      `update operation set status = $2, completed_at = case when $2 = 'active' then now() end where operation_id = $1`,
      [accepted.operationId, status],
    );
    return accepted;
  }

  /** Runs a later round, in which every back-off has passed. */
  async function round(): Promise<void> {
    await registry.pool.query(`update mail set next_try_at = now() where state = 'pending'`);
    await deliverDue(dependencies);
  }

  async function view(operationId: string): Promise<Operation> {
    const row = await findOperation(registry.pool, operationId);
    return (await readOperation(registry.pool, registry.keys, row!)).operation;
  }

  const welcome = ({ operationId }: AcceptedTenant, given = dependencies) =>
    createFinalize({ ...given, billing: UNBILLED }).sendWelcome({ operationId, step: 'finalize' });

  const states = async (): Promise<string[]> =>
    (await registry.pool.query<{ state: string }>(`select state from mail order by mail_id`)).rows.map(
      ({ state }) => state,
    );

  describe('while the mail server is down', () => {
    test('an active tenant is not handed over, and the operation, the list and the metrics say so', async () => {
      const active = await tenant('active');
      expect((await view(active.operationId)).handover).toMatchObject({ state: 'pending', attempts: 0 });
      answer = () => DOWN;
      await welcome(active);
      const { handover, undelivered } = await view(active.operationId);
      expect(handover).toMatchObject({
        state: 'pending',
        attempts: 1,
        problem: expect.stringContaining('could not connect'),
      });
      expect(handover!.action).toContain('sending is retried');
      expect(undelivered).toMatchObject([{ purpose: 'welcome', to: 'first-admin', state: 'pending', attempts: 1 }]);
      const page = await listOperations(registry.pool, { undelivered: true, limit: 100 });
      const { items } = JSON.parse(page) as { items: Operation[] };
      expect(items.map(({ operationId }) => operationId)).toEqual([active.operationId]);
      expect(await countUndeliveredMails(registry.pool)).toEqual([
        { recipient: 'first-admin', state: 'pending', count: 1 },
      ]);
    });

    test('the mail is sent exactly once when the server is back, and its link is valid for the full time', async () => {
      const active = await tenant('active');
      answer = () => DOWN;
      await welcome(active);
      await round();
      expect(sent).toEqual([]);
      await registry.pool.query(`update claim set expires_at = now() + interval '4 days' where tenant_id = $1`, [
        active.tenantId,
      ]);
      answer = () => undefined;
      await Promise.all([round(), round()]);
      await round();
      expect(sent.map(({ to }) => to)).toEqual([active.order.adminUser.email]);
      const { handover, undelivered } = await view(active.operationId);
      expect(handover).toMatchObject({ state: 'sent', attempts: 3 });
      expect(Date.parse(handover!.linkExpires!) - Date.now()).toBeGreaterThan(13.9 * 86_400_000);
      expect(undelivered).toBeUndefined();
    });

    test('a delivery is tried for two weeks and then given up, which the operation shows', async () => {
      const active = await tenant('active');
      answer = () => DOWN;
      await welcome(active);
      await registry.pool.query(`update mail set created_at = now() - interval '15 days'`);
      await round();
      expect((await view(active.operationId)).handover).toMatchObject({
        state: 'expired',
        action: expect.stringContaining('credentials:reissue'),
      });
    });

    test('back-off grows to five minutes, and a round does not contact a dead server for every mail', async () => {
      for (let count = 0; count < 5; count += 1) await welcome(await tenant('active'));
      await registry.pool.query(`update mail set state = 'pending', attempts = 30, next_try_at = now()`);
      let asked = 0;
      answer = () => {
        asked += 1;
        return DOWN;
      };
      await deliverDue(dependencies);
      expect(asked).toBe(2);
      const { rows } = await registry.pool.query<{ seconds: number }>(
        `select extract(epoch from next_try_at - now())::int as seconds from mail where problem is not null`,
      );
      for (const { seconds } of rows) expect(seconds).toBeGreaterThan(290);
    });

    test('approvers are asked as soon as it is back, unless the order was decided in the meantime', async () => {
      const [waiting, decided] = [await tenant('awaiting_approval'), await tenant('awaiting_approval')];
      answer = () => DOWN;
      for (const { operationId } of [waiting, decided])
        await createNotify(dependencies).notifyApprovers({ operationId });
      expect((await view(waiting.operationId)).undelivered).toMatchObject([
        { purpose: 'approval', to: 'approver', state: 'pending' },
        { purpose: 'approval', to: 'approver', state: 'pending' },
      ]);
      await registry.pool.query(`update operation set status = 'provisioning' where operation_id = $1`, [
        decided.operationId,
      ]);
      answer = () => undefined;
      await round();
      expect(sent.map(({ to }) => to).sort()).toEqual(['a@sales.example', 'b@sales.example']);
      expect(sent[0]!.subject).toContain(waiting.operationId);
      expect((await view(decided.operationId)).undelivered).toBeUndefined();
    });

    test('operators are told of a hold later, with the calls that are possible by then', async () => {
      const { operationId } = await tenant('on_hold');
      answer = () => DOWN;
      await createNotify(dependencies).notifyOperators({
        operationId,
        failure: DECLINED,
        status: 'on_hold',
        occurrence: 0,
      });
      answer = () => undefined;
      await round();
      expect(sent.map(({ to }) => to)).toEqual(['a@ops.example', 'b@ops.example']);
      expect(sent[0]!.text).toContain('"verb":"retry"');
    });

    test('the customer’s mail delays the undo, and is reported as lost if the key was destroyed first', async () => {
      const { operationId, tenantId } = await tenant('compensating');
      answer = () => DOWN;
      const told = createNotify(dependencies).notifyCustomer({ operationId, failure: DECLINED });
      await expect(told).rejects.toMatchObject({ type: 'ProviderUnavailable', nonRetryable: false });
      await destroyTenantKey(registry.pool, tenantId);
      answer = () => undefined;
      await round();
      expect(sent).toEqual([]);
      expect((await view(operationId)).undelivered).toMatchObject([
        {
          purpose: 'not-set-up',
          state: 'expired',
          problem: expect.stringContaining('Tell the customer in another way'),
        },
      ]);
    });
  });

  describe('that is refused', () => {
    test('because the address is unknown is not repeated, and the operation says what to do', async () => {
      const active = await tenant('active');
      answer = () => UNKNOWN_ADDRESS;
      await welcome(active);
      answer = () => undefined;
      await round();
      expect(sent).toEqual([]);
      const { handover } = await view(active.operationId);
      expect(handover).toMatchObject({ state: 'refused', problem: expect.stringContaining('550') });
      expect(handover!.action).toContain('credentials:reissue');
      expect(JSON.stringify(handover)).not.toContain('@');
    });

    test('is replaced by the mail with a new link, and the old link is never sent again', async () => {
      const active = await tenant('active');
      const { tenantId, operationId } = active;
      answer = () => UNKNOWN_ADDRESS;
      await welcome(active);
      answer = () => undefined;
      await sendClaimLink(dependencies, { tenantId, operationId, issuedFor: `${operationId}.again`, again: true });
      expect(sent).toHaveLength(1);
      await welcome(active);
      await round();
      expect(sent).toHaveLength(1);
      expect((await view(operationId)).handover).toMatchObject({ state: 'sent' });
      const key = await loadTenantKey(registry.pool, registry.keys, tenantId);
      const old = claimToken(key!, operationId);
      expect(await takeCredentials(registry.pool, registry.keys, { tenantId, token: old })).toBeUndefined();
    });

    test('because of our login at the mail server is repeated, since a corrected configuration fixes it', async () => {
      const active = await tenant('active');
      answer = () => LOGIN_REFUSED;
      await welcome(active);
      expect(await states()).toEqual(['pending']);
      answer = () => undefined;
      await round();
      expect(sent).toHaveLength(1);
    });

    test('for one approver or operator does not delay the others’ mail', async () => {
      const { operationId } = await tenant('awaiting_approval');
      answer = (to) => (to.startsWith('a@') ? UNKNOWN_ADDRESS : undefined);
      await createNotify(dependencies).notifyApprovers({ operationId });
      expect(sent.map(({ to }) => to)).toEqual(['b@sales.example']);
      expect((await view(operationId)).undelivered).toMatchObject([
        { to: 'approver', state: 'pending', problem: expect.stringContaining('550') },
      ]);
      await round();
      expect(sent).toHaveLength(1);
    });
  });

  test('is stored and sent later if it cannot be composed now', async () => {
    const active = await tenant('active');
    const adminAccessUrl = (): never => {
      throw new TypeError('The address of the login page cannot be told.');
    };
    await welcome(active, { ...dependencies, keycloak: { adminAccessUrl } });
    expect((await view(active.operationId)).handover).toMatchObject({ state: 'pending', attempts: 1 });
    await round();
    expect(sent).toHaveLength(1);
  });

  test('a hand-over is complete once the credentials have been claimed', async () => {
    const active = await tenant('active');
    await welcome(active);
    await registry.pool.query(`update claim set claimed_at = now() where tenant_id = $1`, [active.tenantId]);
    expect((await view(active.operationId)).handover).toMatchObject({ state: 'claimed' });
    await registry.pool.query(`update claim set claimed_at = null, expires_at = now() - interval '1 day'`);
    expect((await view(active.operationId)).handover).toMatchObject({
      state: 'lapsed',
      action: expect.stringContaining('credentials:reissue'),
    });
  });
});
