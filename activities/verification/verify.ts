import { PROBE_TENANT_ID } from '../../contract/ids';
import { providerText } from '../../contract/ledger/labels';
import { GLOBAL_REGION } from '../../contract/maintenance/sweeps';
import { listResources } from '../../registry/ledger/ledger';
import { ACCESS_KEY_KIND, readAccessKey } from '../../providers/storage/access-key';
import { TEMPORARY_PASSWORD } from '../../providers/keycloak/passwords/temporary-password';
import { blocksActivation } from './baseline';
import type { Check } from '../../providers/port/check';
import type { Dependencies, KindName, OrderDependencies, StorageWith } from '../dependencies';
import { failure, toFailure, type Classify } from '../../providers/port/failures';
import { MONITORING_KEY } from '../../contract/monitoring/account';
import type { Activities } from '../operations/interface';
import { loadPlaced, type PlacedOperation } from '../operations/load-operation';
import { ownKeyOf, type OwnKeyLookup } from '../provision/own-key';
import type { Probe } from '../../providers/port/probe';
import { rememberingProbes, type Probes } from './probes';
import { ledgerChecks } from './residency';
import { assertChecksPassed } from './assert-checks-passed';

/** Milliseconds before each repetition of a failed check: only a check that fails every time undoes the tenant. */
export const REPEAT_AFTER_MS = [500, 2_000, 5_000];

interface VerifyDependencies
  extends Omit<OrderDependencies, 'pool'>, Pick<Dependencies, 'activity' | 'baseline' | 'pool' | 'regions' | 'signal'> {
  billing: Pick<Dependencies['billing'], 'classify' | 'customer' | 'taxIdChecks'>;
  effects: Pick<Dependencies['effects'], 'secrets'>;
  keycloak: Pick<Dependencies['keycloak'], 'classify' | 'verifyIdentity'> & { adminUser: KindName };
  keys: OrderDependencies['keys'] & OwnKeyLookup['keys'];
  kubernetes: Pick<Dependencies['kubernetes'], 'classify' | 'locate' | 'verifyCompute'>;
  monitoring: Pick<Dependencies['monitoring'], 'classify' | 'verify'> & { account: KindName };
  postgres: Pick<Dependencies['postgres'], 'classify' | 'locate' | 'verifyDatabase'> &
    Record<'login' | 'readonlyLogin', KindName>;
  storage: StorageWith<'kinds' | 'locate' | 'verify'> & Pick<Dependencies['storage'], 'classify'>;
}

/** Step 9: tries the finished tenant from outside with its own credentials, which must be refused everywhere else. */
export function createVerify(dependencies: VerifyDependencies): Pick<Activities, 'verifyRegion' | 'verifyGlobal'> {
  const { billing, effects, keycloak, kubernetes, monitoring, pool, postgres, regions, signal, storage } = dependencies;

  const probesFor = ({ tenantId, operationId, template }: PlacedOperation): Promise<Probes> =>
    rememberingProbes(
      pool,
      { tenantId, operationId, askedBy: dependencies.activity() },
      {
        about: (check) => !check.passed && blocksActivation(dependencies.baseline, template, check),
        pausesMs: REPEAT_AFTER_MS,
        signal: signal(),
      },
    );

  async function databaseChecks({ tenantId, region, placement, template }: PlacedOperation): Promise<Check[]> {
    const { isolation, auditTrail } = template.resources.database;
    const place = { region, cell: placement.database, signal: signal(), tenantId, isolation, auditTrail };
    if (isolation === 'pooled') return postgres.verifyDatabase(place);
    const [app, readonly] = await Promise.all(
      [postgres.login, postgres.readonlyLogin].map(({ kind }) => effects.secrets(tenantId, kind).read('password')),
    );
    return postgres.verifyDatabase({ ...place, passwords: { app: app ?? '', readonly: readonly ?? '' } });
  }

  async function storageChecks({ tenantId, region, order }: PlacedOperation, probe: Probe): Promise<Check[]> {
    const [key, probeKey, kmsKeyArn] = await Promise.all([
      readAccessKey(effects.secrets(tenantId, ACCESS_KEY_KIND)),
      readAccessKey(probeStorageSecrets(dependencies, region)),
      ownKeyOf(dependencies, { tenantId, order }),
    ]);
    if (!key)
      return probe('storage.key', async () => [
        { id: 'storage.key', claim: 'the tenant has an access key', passed: false, answered: 'none' },
      ]);
    if (!probeKey) throw failure('ProviderUnavailable', `The probe tenant of region ${region} has no storage key yet.`);
    return storage.forRegion(region).verify({ tenantId, key, probeKey, kmsKeyArn, probe, signal: signal() });
  }

  async function computeChecks({ tenantId, region, template }: PlacedOperation): Promise<Check[]> {
    const { model, ...spec } = template.resources.compute;
    if (model === 'pool') return [];
    return kubernetes.verifyCompute({ tenantId, region, spec, signal: signal() } as Parameters<
      typeof kubernetes.verifyCompute
    >[0]);
  }

  async function monitoringChecks({ tenantId, region, template }: PlacedOperation): Promise<Check[]> {
    if (!template.monitoring) return [];
    const key = await effects.secrets(tenantId, monitoring.account.kind).read(MONITORING_KEY);
    return monitoring.verify({ tenantId, region, key, alerts: template.monitoring.alerts, signal: signal() });
  }

  async function residencyChecks({ tenantId, region }: PlacedOperation): Promise<Check[]> {
    const settings = regions.find(({ name }) => name === region)!;
    return ledgerChecks(await listResources(pool, tenantId), settings);
  }

  async function databasePlace({ tenantId, region, placement, template }: PlacedOperation): Promise<Check[]> {
    const { isolation } = template.resources.database;
    return postgres.locate({ region, cell: placement.database, signal: signal(), tenantId, isolation });
  }

  async function taxIdChecks({ tenantId, order }: PlacedOperation): Promise<Check[]> {
    const rows = order.billing ? await listResources(pool, tenantId) : [];
    // There is none where an operator has skipped the step that makes it.
    const account = rows.find(({ kind, state }) => kind === billing.customer.kind && state === 'present');
    if (!order.billing || !account) return [];
    return billing.taxIdChecks({ customer: account.externalId!, taxIds: order.billing.taxIds, signal: signal() });
  }

  return {
    async verifyRegion(input) {
      const operation = await loadPlaced(dependencies, input);
      const { tenantId, region } = operation;
      const probes = await probesFor(operation);
      const inRegion = (provider: string): Probe => probes.of(provider, region);
      const storageProvider = storage.forRegion(region).kinds.bucket.provider;
      const namespaced = operation.template.resources.compute.model === 'namespace';
      await assertChecksPassed(dependencies, { activity: 'verifyRegion', operation, region, probes }, [
        classified(
          inRegion('postgres')('database', () => databaseChecks(operation)),
          `Verification of the database (${providerText('postgres', region)})`,
          postgres.classify,
        ),
        classified(
          storageChecks(operation, inRegion(storageProvider)),
          `Verification of the storage (${providerText(storageProvider, region)})`,
          storage.classify,
        ),
        classified(
          inRegion('kubernetes')('compute', () => computeChecks(operation)),
          `Verification of the compute (${providerText('kubernetes', region)})`,
          kubernetes.classify,
        ),
        classified(
          inRegion('victoria')('monitoring', () => monitoringChecks(operation)),
          `Verification of the monitoring (${providerText('victoria', region)})`,
          monitoring.classify,
        ),
        inRegion('registry')('residency', () => residencyChecks(operation)),
        classified(
          inRegion('postgres')('database-place', () => databasePlace(operation)),
          `Place of the database (${providerText('postgres', region)})`,
          postgres.classify,
        ),
        classified(
          inRegion(storageProvider)('storage-place', () =>
            storage.forRegion(region).locate({ tenantId, signal: signal() }),
          ),
          `Place of the storage (${providerText(storageProvider, region)})`,
          storage.classify,
        ),
        classified(
          inRegion('kubernetes')('compute-place', async () =>
            namespaced ? kubernetes.locate({ tenantId, region, signal: signal() }) : [],
          ),
          `Place of the compute (${providerText('kubernetes', region)})`,
          kubernetes.classify,
        ),
      ]);
    },

    async verifyGlobal(input) {
      const operation = await loadPlaced(dependencies, input);
      const { tenantId, template } = operation;
      const probes = await probesFor(operation);
      const temporaryPassword = await effects.secrets(tenantId, keycloak.adminUser.kind).read(TEMPORARY_PASSWORD);
      const checks = keycloak.verifyIdentity({
        tenantId,
        temporaryPassword: temporaryPassword ?? '',
        groups: template.configuration.security.groups,
        adminGroups: template.configuration.security.adminGroups,
        probe: probes.of('keycloak', 'global'),
        signal: signal(),
      });
      await assertChecksPassed(dependencies, { activity: 'verifyGlobal', operation, region: GLOBAL_REGION, probes }, [
        classified(
          checks,
          `Verification of the identity (${providerText('keycloak', GLOBAL_REGION)})`,
          keycloak.classify,
        ),
        classified(
          probes.of('stripe', 'global')('billing.tax-ids', () => taxIdChecks(operation)),
          `Tax ids (${providerText('stripe', GLOBAL_REGION)})`,
          billing.classify,
        ),
      ]);
    },
  };
}

/** Where the storage key of a region's probe tenant is kept. */
export function probeStorageSecrets({ effects }: Pick<VerifyDependencies, 'effects'>, region: string) {
  return effects.secrets(PROBE_TENANT_ID, `probe-storage/${region}`);
}

async function classified(checks: Promise<Check[]>, what: string, classify: Classify): Promise<Check[]> {
  try {
    return await checks;
  } catch (error) {
    throw toFailure(error, what, classify);
  }
}
