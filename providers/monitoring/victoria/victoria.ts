import type pg from 'pg';
import type { RegionSettings } from '../../../config/regions';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import { failure, classifyNetwork, isProvisioningFailure, type Classify } from '../../port/failures';
import type { ResourceContext, ResourceSecrets } from '../../port/kind';
import type { Monitoring, MonitoringSpec } from '../monitoring';
import { accountKind, type Place } from './account';
import { openFolder } from './folder';
import { connectServers } from './servers';
import { verifyAccount, withoutKey } from './verify';

/**
 * Accounts at VictoriaMetrics and VictoriaLogs behind vmauth, with alert rules in vmalert, in the regions that have these servers. `sharedSecrets`
 * keeps the keys of the probe tenants. It contacts nothing before its first use.
 */
export function createVictoria(regions: RegionSettings[], pool: pg.Pool, sharedSecrets: ResourceSecrets): Monitoring {
  const places = new Map(
    regions.flatMap(({ name, monitoring }): [string, Place][] =>
      monitoring
        ? [[name, { settings: monitoring, servers: connectServers(monitoring), folder: openFolder(monitoring) }]]
        : [],
    ),
  );
  const placeOf = (region: string): Place => {
    const place = places.get(region);
    if (place) return place;
    const advice = 'Name them in the regions file under `monitoring`.';
    throw failure('CapabilityMissing', `Region ${region} has no servers for metrics and logs. ${advice}`);
  };
  const kind = accountKind(pool, placeOf);
  // A region without such servers has no accounts; the sweeper asks every region.
  const account = {
    ...kind,
    list: (region: string, signal: AbortSignal) => (places.has(region) ? kind.list(region, signal) : none()),
  };

  const probeSecrets = (region: string): ResourceSecrets => {
    const named = (name: string): string => `monitoring/${region}/${name}`;
    return {
      obtain: (name, make) => sharedSecrets.obtain(named(name), make),
      store: (name, value) => sharedSecrets.store(named(name), value),
      read: (name) => sharedSecrets.read(named(name)),
    };
  };

  return {
    account,
    kinds: [account],
    classify: classifyVictoria,

    async prepare(region, signal) {
      if (!places.has(region)) return;
      const context: ResourceContext<MonitoringSpec> = {
        tenantId: PROBE_TENANT_ID,
        operationId: '',
        region,
        cell: '',
        name: kind.name(PROBE_TENANT_ID),
        spec: { alerts: [] },
        id: undefined,
        intendedAt: new Date(),
        idempotencyKey: '',
        secrets: probeSecrets(region),
        signal,
      };
      if ((await kind.find(context)).state !== 'present') await kind.create(context);
    },

    async verify(subject) {
      const place = placeOf(subject.region);
      const [record, probe] = await Promise.all([
        place.folder.find(subject.tenantId),
        place.folder.find(PROBE_TENANT_ID),
      ]);
      if (!probe)
        throw failure('ProviderUnavailable', `The probe tenant of region ${subject.region} has no account yet.`);
      if (!record || subject.key === undefined) return withoutKey();
      return verifyAccount(place, subject, { ...record, key: subject.key }, probe);
    },
  };
}

/** Answers are classified where they arrive; what is left are broken connections and the files of the folder. */
const classifyVictoria: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  const { syscall, code } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'ESTALE'].includes(code ?? ''))
    return failure(
      'ProviderUnavailable',
      `${what}: its folder cannot be used (${code}). Check the volume and its rights: the worker must be able to write there.`,
      { cause: error },
    );
  return classifyNetwork(error, what);
};

async function* none(): AsyncGenerator<never> {}
