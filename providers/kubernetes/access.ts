import type { V1ResourceQuota, V1Role } from '@kubernetes/client-node';
import type { Access } from '../../contract/tenants/access';
import type { ResourceContext } from '../port/kind';
import { ignoreMissing } from './answers';
import type { Client, Cluster } from './cluster';
import { isInEffect, lockOf, roleOf, TENANT_OBJECT, type NamespaceOwner } from './manifests';
import { ACCESS_LABEL } from './marks';
import { outcomeOf } from './outcome';
import { waitFor } from '../port/wait-for';
import { gaveUp, waiting, type NamespaceWaits } from './wait';
import { startWorkloads, stopWorkloads } from './workloads';

type Context = ResourceContext<unknown>;

/** Seconds that pods have to end, whatever they ask for: a suspension does not wait for half a minute. */
const GRACE_SECONDS = 3;

/**
 * Milliseconds in which the job controller ends the pods of suspended jobs. It does so without counting them as failed, so ours is only the
 * second try.
 */
const JOBS_MS = 2_000;

/** Selects pods of no job. A tenant can forge the label, so it delays the end of a pod but does not prevent it. */
const NO_JOB = '!job-name';

/** What the namespace was given. */
interface Given {
  access: Access;
  /** Whether the quota that admits no pod is in effect. */
  locked: boolean;
}

/** The access that the namespace was given, as its role and the additional quota say. */
export async function givenAccess(client: Client, context: NamespaceOwner): Promise<Given> {
  const [role, lock] = await Promise.all([
    client.read<V1Role>(roleOf(context)),
    client.read<V1ResourceQuota>(lockOf(context)),
  ]);
  if (lock !== undefined) return { access: 'closed', locked: isInEffect(lock) };
  const label = role?.metadata?.labels?.[ACCESS_LABEL];
  return { access: label === 'closed' || label === 'read-only' ? label : 'open', locked: false };
}

/**
 * Gives the tenant's account this access, and stops or starts what runs in the namespace.
 * - `closed`: the account has no rights. Nothing runs, and the additional quota keeps it so.
 * - `read-only`: the account can look at everything and change nothing. What runs goes on, because it is how the tenant's data is read.
 *
 * The quota is in effect before pods are ended, so that none is started in their place, and is lifted before workloads are started, so that
 * no controller is refused and waits before it tries again.
 */
export async function setNamespaceAccess(
  client: Client,
  context: Context,
  access: Access,
  waits: NamespaceWaits,
): Promise<void> {
  const { name } = context;
  if (access !== 'closed') {
    await ignoreMissing(client.delete(lockOf(context)));
    await startWorkloads(client, name);
    await client.apply(roleOf(context, access));
    return;
  }
  await Promise.all([client.apply(roleOf(context, access)), client.apply(lockOf(context))]);
  await stopWorkloads(client, name);
  const locked = await waitFor(
    async () => (await givenAccess(client, context)).locked || undefined,
    waiting(context, waits, 'the quota that closes it to take effect', 50),
  );
  if (!locked)
    throw gaveUp(
      name,
      'the quota that closes it has no effect. Check that the cluster’s resource quota controller is running.',
    );
  const began = Date.now();
  const ended = await waitFor(
    async () => {
      if (!(await client.hasPods(name))) return true;
      await client.endPods(name, GRACE_SECONDS, Date.now() - began < JOBS_MS ? NO_JOB : undefined);
      return undefined;
    },
    waiting(context, waits, 'its pods to end', 250),
  );
  if (!ended) throw gaveUp(name, 'its pods do not end. Check their nodes, and the finalizers of the pods.');
}

/**
 * Tries with a token of the tenant's own account whether it may read and change things in its namespace. Throws `ProviderUnavailable` while
 * that differs from the access that was given, or while something runs in a closed namespace: the cluster has not followed yet.
 */
export async function tryNamespaceAccess(cluster: Cluster, context: Context): Promise<Access> {
  const { name, signal } = context;
  const admin = cluster.client(signal);
  const tenant = cluster.as(await admin.tokenOf(TENANT_OBJECT, name)).client(signal);
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'provisioning-check', namespace: name } };
  const [given, mayRead, mayWrite, running] = await Promise.all([
    givenAccess(admin, context),
    isAllowed(tenant.read(object)),
    isAllowed(tenant.apply(object, { dryRun: true })),
    admin.hasPods(name),
  ]);
  const access = accessOf(mayRead, mayWrite);
  if (access !== given.access) {
    const allowed = `may${mayRead ? '' : ' not'} read and may${mayWrite ? '' : ' not'} write`;
    const advice =
      'The cluster’s caches may lag; otherwise find out what else gives the tenant rights, or withholds them.';
    throw gaveUp(name, `it is ${given.access}, but the tenant ${allowed}. ${advice}`);
  }
  if (access === 'closed' && (!given.locked || running))
    throw gaveUp(name, `it is closed, but ${running ? 'pods still run' : 'its quota has no effect yet'}.`);
  return access;
}

async function isAllowed(attempt: Promise<unknown>): Promise<boolean> {
  return (await outcomeOf(attempt)).status === 200;
}

function accessOf(reads: boolean, writes: boolean): Access | undefined {
  if (!reads) return writes ? undefined : 'closed';
  return writes ? 'open' : 'read-only';
}
