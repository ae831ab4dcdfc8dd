import { randomUUID } from 'node:crypto';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { ResourceContext, ResourceKind } from '../port/kind';
import { classifyKubernetes } from './classify';
import type { NamespaceSpec } from './manifests';
import { waitFor } from '../port/wait-for';

// The probe namespace runs nothing. Verification only tries whether tenants are kept out of it.
const SPEC: NamespaceSpec = { cpuMillis: 100, memoryMb: 64, pods: 1, podSecurity: 'restricted' };

/** Creates the region's permanent probe namespace, or waits for the worker that is creating it. Throws permanent failures at once. */
export async function prepareProbe(
  kind: ResourceKind<NamespaceSpec>,
  region: string,
  signal: AbortSignal,
): Promise<void> {
  const context: ResourceContext<NamespaceSpec> = {
    tenantId: PROBE_TENANT_ID,
    operationId: 'prepare',
    region,
    cell: '',
    name: kind.name(PROBE_TENANT_ID),
    spec: SPEC,
    id: undefined,
    intendedAt: new Date(),
    idempotencyKey: randomUUID(),
    secrets: NO_SECRETS,
    signal,
  };
  let last: Error | undefined;
  const attempt = async (): Promise<true | undefined> => {
    try {
      if ((await kind.find(context)).state !== 'present') await kind.create(context);
      return true;
    } catch (error) {
      const known = classifyKubernetes(error, `The probe namespace of ${region}`);
      // A 409 means that another worker was first; the next attempt finds its namespace.
      if (!known || known.nonRetryable === true) throw known ?? error;
      last = known;
      return undefined;
    }
  };
  const made = await waitFor(attempt, { signal, everyMs: 250, timeoutMs: 30_000, what: 'the probe namespace' });
  if (!made && last) throw last;
}

const NO_SECRETS: ResourceContext['secrets'] = {
  obtain: (_, make) => Promise.resolve(make()),
  store: () => Promise.resolve(),
  read: () => Promise.resolve(undefined),
};
