import type { Mail } from '../../activities/adapters/mail/mailer';
import { classifyMail } from '../../activities/adapters/mail/classify';
import type { Dependencies } from '../../activities/dependencies';
import { createFinalize } from '../../activities/finalize';
import { sendClaimLink } from '../../activities/hand-over';
import { deliverDue } from '../../activities/mail-delivery';
import { createNotify } from '../../activities/notify';
import type { OperationFailure } from '../../contract/messages';
import type { Operation } from '../../contract/schemas/operation-schema';
import type { OperationStatus } from '../../contract/states';
import { claimToken } from '../../registry/claim-tokens';
import { takeCredentials } from '../../registry/claims';
import { countUndeliveredMails } from '../../registry/mails';
import { findOperation, listOperations, readOperation } from '../../registry/operation-views';
import { destroyTenantKey, loadTenantKey } from '../../registry/tenant-keys';
import { acceptTenant, type AcceptedTenant } from '../helpers/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('delivery of mail: not run, this machine has no PostgreSQL');

const DOWN = Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect', code: 'ESOCKET' });
const UNKNOWN_ADDRESS = Object.assign(new Error('550 no such user'), {
  ...{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 },
});
const LOGIN_REFUSED = Object.assign(new Error('535'), { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 });
const DECLINED: OperationFailure = { type: 'PaymentMethodDeclined', message: 'declined', step: 'integrations' };

suite('mail that a person waits for', () => {
  let registry: TestRegistry;
  let dependencies: Dependencies;
  let sent: Mail[];
  /** What the mail server says to a recipient. */
  let answer: (to: string) => Error | undefined;

  beforeAll(async () => {
    registry = await createTestRegistry();
    dependencies = {
      pool: registry.pool,
      keys: registry.keys,
      billing: {},
      signal: () => AbortSignal.timeout(10_000),
      keycloak: { adminAccessUrl: () => 'https://login.example/admin' },
      mailer: {
        send: async (mail: Mail) => {
          await Promise.resolve();
          const error = answer(mail.to);
          if (error) throw error;
          sent.push(mail);
        },
        classify: classifyMail,
      },
      settings: {
        ...{ publicUrl: 'https://api.example.com', temporalNamespace: 'default', appDomain: 'app.example.com' },
        ...{ operatorMail: ['a@ops.example', 'b@ops.example'], approverMail: ['a@sales.example', 'b@sales.example'] },
      },
    } as unknown as Dependencies;
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

  /** A later round, after every pause. */
  async function round(): Promise<void> {
    await registry.pool.query(`update mail set next_try_at = now() where state = 'pending'`);
    await deliverDue(dependencies);
  }

  async function view(operationId: string): Promise<Operation> {
    const row = await findOperation(registry.pool, operationId);
    return readOperation(registry.pool, registry.keys, row!);
  }

  const welcome = ({ operationId }: AcceptedTenant) =>
    createFinalize(dependencies).sendWelcome({ operationId, step: 'finalize' });

  const states = async (): Promise<string[]> =>
    (await registry.pool.query<{ state: string }>(`select state from mail order by mail_id`)).rows.map(
      ({ state }) => state,
    );

  describe('while the mail server is down', () => {
    test('an active tenant is not handed over, and the operation, the list and the figures say so', async () => {
      const active = await tenant('active');
      expect((await view(active.operationId)).handover).toMatchObject({ state: 'pending', attempts: 0 });
      answer = () => DOWN;
      await welcome(active);
      const { handover, undelivered } = await view(active.operationId);
      expect(handover).toMatchObject({
        state: 'pending',
        attempts: 1,
        problem: expect.stringContaining('no connection'),
      });
      expect(handover!.action).toContain('it is sent again');
      expect(undelivered).toMatchObject([{ purpose: 'welcome', to: 'first-admin', state: 'pending', attempts: 1 }]);
      const { items } = await listOperations(registry.pool, { undelivered: true, limit: 100 });
      expect(items.map(({ operationId }) => operationId)).toEqual([active.operationId]);
      expect(await countUndeliveredMails(registry.pool)).toEqual([
        { recipient: 'first-admin', state: 'pending', count: 1 },
      ]);
    });

    test('the mail is sent once the server is back, once, with the link’s full time', async () => {
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

    test('a delivery is tried for two weeks and then given up, which the operation says', async () => {
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

    test('pauses grow to five minutes, and a round does not ask a dead server for every mail', async () => {
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

    test('approvers are asked as soon as it is back – unless somebody has decided meanwhile', async () => {
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

    test('operators are told of a hold later, with the calls that are possible then', async () => {
      const { operationId } = await tenant('on_hold');
      answer = () => DOWN;
      await createNotify(dependencies).notifyOperators({
        ...{ operationId, failure: DECLINED, status: 'on_hold', occurrence: 0 },
      });
      answer = () => undefined;
      await round();
      expect(sent.map(({ to }) => to)).toEqual(['a@ops.example', 'b@ops.example']);
      expect(sent[0]!.text).toContain('"verb":"retry"');
    });

    test('the customer’s mail holds the undo back, and is reported when the key went before it', async () => {
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
          problem: expect.stringContaining('Tell the customer by another way'),
        },
      ]);
    });
  });

  describe('that is refused', () => {
    test('because the address is unknown: not repeated, and the operation says what to do', async () => {
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

    test('is replaced by the mail of a new link, and its own link is never sent again', async () => {
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

    test('because of our login at the mail server: repeated, because a corrected configuration ends it', async () => {
      const active = await tenant('active');
      answer = () => LOGIN_REFUSED;
      await welcome(active);
      expect(await states()).toEqual(['pending']);
      answer = () => undefined;
      await round();
      expect(sent).toHaveLength(1);
    });

    test('for one approver or operator: the others get theirs at once', async () => {
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

  test('is written down although it cannot be composed now', async () => {
    const active = await tenant('active');
    const broken = { ...dependencies, keycloak: undefined } as unknown as Dependencies;
    await createFinalize(broken).sendWelcome({ operationId: active.operationId, step: 'finalize' });
    expect((await view(active.operationId)).handover).toMatchObject({ state: 'pending', attempts: 1 });
    await round();
    expect(sent).toHaveLength(1);
  });

  test('a hand-over is over once the credentials were fetched', async () => {
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
