import type { Operation } from '../../../contract/schemas/operation-schema';
import type { ApiClient } from '../../../stack/quickstart/api-client';
import { demoOrders } from '../../../stack/quickstart/demo-orders';
import { runDemo } from '../../../stack/quickstart/run-demo';
import { operation } from './rows';

const { signal } = new AbortController();

/** An API on which each operation moves to its next status with every read, and stops where it needs an approval. */
function api(course: (name: string) => Operation['status'][]): ApiClient & { ordered: string[]; approved: string[] } {
  const operations = new Map<string, { operation: Operation; rest: Operation['status'][] }>();
  const ordered: string[] = [];
  const approved: string[] = [];
  const not = (): Promise<never> => Promise.reject(new Error('not asked for here'));
  return {
    ordered,
    approved,
    order: async ({ tenantName }) => {
      const operationId = `op_${tenantName}`;
      const [status = 'active', ...rest] = course(tenantName);
      ordered.push(`${tenantName} when ${[...operations.values()].map((known) => known.operation.status).join(',')}`);
      operations.set(operationId, { operation: operation({ operationId, tenantName, status }), rest });
      return { operationId, tenantId: 'aaaaaaaaaaaaaaaa', status: 'pending' };
    },
    newestOperations: async () =>
      [...operations.values()].map((known) => {
        const seen = { ...known.operation };
        if (seen.status !== 'awaiting_approval' || approved.includes(seen.operationId))
          known.operation.status = known.rest.shift() ?? known.operation.status;
        return seen;
      }),
    approve: async (operationId) => void approved.push(operationId),
    operation: not,
    tenant: not,
    change: not,
    certificate: not,
    auditKeys: not,
    claim: not,
  };
}

describe('the demonstration', () => {
  const orders = demoOrders('run', true).slice(0, 3);

  test('orders the first tenant alone, and the others once it has ended', async () => {
    const server = api(() => ['provisioning', 'active']);
    const rows = await runDemo(server, orders, { signal, listener: { onLook: () => {}, onApprovalWanted: () => {} } });
    expect(rows.map(({ operation: { status } }) => status)).toEqual(['active', 'active', 'active']);
    expect(server.ordered.slice(0, 2)).toEqual(['acme-bikes-run when ', 'globex-run when active']);
  });

  test('shows an order that waits for approval before approving it, once', async () => {
    const server = api(() => ['awaiting_approval', 'active']);
    const told: string[] = [];
    const onApprovalWanted = ({ operation: { operationId } }: { operation: Operation }): void => {
      expect(server.approved).not.toContain(operationId);
      told.push(operationId);
    };
    await runDemo(server, orders, { signal, listener: { onLook: () => {}, onApprovalWanted } });
    expect(told).toHaveLength(3);
    expect(server.approved).toEqual(told);
  });

  test('fails with the names of the operations that did not end', async () => {
    const server = api(() => ['provisioning']);
    const listener = { onLook: () => {}, onApprovalWanted: () => {} };
    await expect(runDemo(server, orders, { signal, listener, timeoutMs: 0 })).rejects.toThrow(
      /acme-bikes-run \(provisioning\)/,
    );
  });
});
