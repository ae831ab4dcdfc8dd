import { mailBillingFindings } from '../../../activities/notices/billing-notice';
import type { Mail } from '../../../providers/mail/mailer';
import { recordFindings, resolveFinding } from '../../../registry/billing/findings';
import { transaction } from '../../../registry/database';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('mail about findings in billing: not run, this machine has no PostgreSQL');

const PROBLEM = 'subscription_without_tenant' as const;

suite('mail about findings in billing', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const find = (...objects: string[]) =>
    transaction(registry.pool, (client) =>
      recordFindings(client, null, {
        asked: [PROBLEM],
        found: objects.map((objectId) => ({ problem: PROBLEM, objectId })),
      }),
    );

  test('tells every operator once of each finding that is still open', async () => {
    const mails: Mail[] = [];
    const dependencies = mailDependencies(
      registry,
      { send: async (mail) => void mails.push(mail) },
      { operatorMail: ['one@example.org', 'two@example.org'] },
    );
    await find('sub_1', 'sub_2', 'sub_3');
    await find('sub_1', 'sub_2');
    const { rows } = await registry.pool.query<{ id: string }>(
      `select finding_id as id from billing_finding where object_id = 'sub_2'`,
    );
    await resolveFinding(registry.pool, { findingId: rows[0]!.id, actor: 'token:operator', reason: 'Known.' });
    await mailBillingFindings(dependencies);
    await mailBillingFindings(dependencies);
    expect(mails.map(({ to }) => to)).toEqual(['one@example.org', 'two@example.org']);
    expect(mails[0]!.text).toContain('no tenant: sub_1');
    expect(mails[0]!.text).not.toMatch(/sub_2|sub_3/);
  });
});
