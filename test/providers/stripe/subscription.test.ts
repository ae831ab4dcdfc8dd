import { createFinalize } from '../../../activities/provision/finalize';
import { failure } from '../../../providers/port/failures';
import type { FailureType } from '../../../contract/operations/failures';
import type { BillingState } from '../../../providers/stripe/subscription/activation';
import { markPresent } from '../../../registry/ledger/ledger';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { intended } from '../../helpers/ledger';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('activation of subscriptions: not run, this machine has no PostgreSQL');

suite('the subscription of an active tenant', () => {
  let registry: TestRegistry;
  let tenant: AcceptedTenant;

  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.drop());
  beforeEach(async () => {
    tenant = await acceptTenant(registry);
  });

  const activate = ({ operationId }: AcceptedTenant, answer: () => Promise<BillingState>) =>
    createFinalize({
      ...mailDependencies(registry),
      billing: {
        subscription: { kind: 'subscription' },
        activateSubscription: answer,
        classify: () => undefined,
      },
    }).activateSubscription({ operationId, step: 'finalize' });

  async function billing(): Promise<string | null> {
    const { rows } = await registry.pool.query<{ billing: string | null }>(
      `select billing from operation where operation_id = $1`,
      [tenant.operationId],
    );
    return rows[0]!.billing;
  }

  async function subscribed({ tenantId, operationId }: AcceptedTenant): Promise<void> {
    const id = await intended(registry.pool, {
      tenantId,
      operationId,
      step: 'integrations',
      kind: 'subscription',
      provider: 'stripe',
      region: 'global',
      cell: 'global',
      name: tenantId,
    });
    await markPresent(registry.pool, id, 'sub_1', {});
  }

  test('is past due when the provider permanently refuses to activate it', async () => {
    await subscribed(tenant);
    const refused = activate(tenant, () => Promise.reject(failure('ProviderRefused', 'No such subscription.')));
    await expect(refused).rejects.toMatchObject({ type: 'ProviderRefused', nonRetryable: true });
    expect(await billing()).toBe('past_due');
  });

  test('is past due when the ledger does not know it', async () => {
    const lost = activate(tenant, () => Promise.resolve({ billing: 'active' }));
    await expect(lost).rejects.toMatchObject({ type: 'InternalError', nonRetryable: true });
    expect(await billing()).toBe('past_due');
  });

  test.each<FailureType>(['ProviderUnavailable', 'OutcomeUnknown'])('is undecided after %s', async (type) => {
    await subscribed(tenant);
    await expect(activate(tenant, () => Promise.reject(failure(type, 'Later.')))).rejects.toMatchObject({ type });
    expect(await billing()).toBeNull();
  });
});
