import { newOrder, startTestProduct, type TestProduct } from '../../helpers/product';
import { signIn, type StaffFetch } from '../../helpers/browser/staff';
import type { StaffMember } from '../../../stack/staff';
import { stackEndpoints } from '../../stack';

const { keycloak } = stackEndpoints('keycloak');
const suite = keycloak?.staff ? describe : describe.skip;
if (!keycloak?.staff) test.todo('people who work with the product: not run, this machine has no Keycloak');

suite('the people of a product', () => {
  let product: TestProduct;
  const people = {} as Record<StaffMember, StaffFetch>;

  beforeAll(async () => {
    product = await startTestProduct();
    for (const member of Object.keys(product.staff) as StaffMember[]) people[member] = await signIn(product, member);
  }, 240_000);
  afterAll(() => product?.stop(), 120_000);

  const send = (who: StaffMember, path: string, body: object): Promise<Response> =>
    people[who](path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('each may do what the roles of its group permit, and nothing more', async () => {
    const refused = async (who: StaffMember, path: string) => (await send(who, path, {})).status === 403;
    const sweep = await Promise.all(
      (['viewer', 'approver', 'operator', 'admin'] as const).map(async (who) => [
        who,
        (await people[who]('/v1/tenants')).status,
        await refused(who, '/v1/sweeps'),
        await refused(who, '/v1/tenants'),
      ]),
    );
    expect(sweep).toEqual([
      ['viewer', 200, true, true],
      ['approver', 200, true, true],
      ['operator', 200, false, true],
      ['admin', 200, false, false],
    ]);
  });

  test('who orders a customization cannot decide on it; another person can, and the trail names both', async () => {
    const accepted = await send('admin', '/v1/tenants', newOrder({ customizations: { storageQuotaGb: 10 } }));
    expect(accepted.status).toBe(202);
    const { operationId, tenantId } = (await accepted.json()) as { operationId: string; tenantId: string };
    await product.until(operationId, ({ approval }) => approval.state === 'waiting');
    const decision = { decision: 'reject', comment: 'Too large.' };
    const own = await send('admin', `/v1/operations/${operationId}/approval`, decision);
    expect([own.status, await own.json()]).toMatchObject([403, { type: `${product.url}/problems/four-eyes` }]);
    const other = await send('approver', `/v1/operations/${operationId}/approval`, decision);
    expect(other.status).toBe(202);
    await product.untilEnded(operationId);
    const { rows } = await product.registry.query<{ actor: string; action: string }>(
      `select actor, action from audit_entry where tenant_id = $1 and actor like 'user:%' order by sequence`,
      [tenantId],
    );
    expect(rows.map(({ actor }) => actor)).toEqual(['user:admin', 'user:approver']);
    expect(product.logs()).not.toContain('staff.example.com');
  }, 180_000);
});
