import { randomUUID } from 'node:crypto';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import type { ResourceContext, ResourceKind } from '../../kind';
import { classifyKubernetes } from './classify';
import type { NamespaceSpec } from './manifests';
import { waitFor } from './wait';

// It runs nothing; it is there to be refused by.
const SPEC: NamespaceSpec = { cpuMillis: 100, memoryMb: 64, pods: 1, podSecurity: 'restricted' };

/** Makes the region's permanent probe namespace, or waits for the worker that is making it. Throws what is not worth another attempt. */
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
      // A 409 is another worker that was first; the next look finds what it made.
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
