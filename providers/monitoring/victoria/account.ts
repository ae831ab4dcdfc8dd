import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { MonitoringSettings } from '../../../config/regions';
import { dashName, PROBE_TENANT_ID } from '../../../contract/ids';
import { MONITORING_ACCOUNT, MONITORING_KEY } from '../../../contract/monitoring/account';
import type { Access } from '../../../contract/tenants/access';
import { newSecret } from '../../../registry/credentials/secrets';
import { transaction } from '../../../registry/database';
import { findMonitoringAccount, obtainMonitoringAccount } from '../../../registry/monitoring/accounts';
import { endAlerts } from '../../../registry/monitoring/alerts';
import { failure } from '../../port/failures';
import type { Created, Listed, ResourceKind, ResourceSecrets } from '../../port/kind';
import { waitFor } from '../../port/wait-for';
import type { MonitoringSpec } from '../monitoring';
import type { Folder, TenantRecord } from './folder';
import type { Servers } from './servers';

/** A region's servers, and the folder from which they read what they are to do. */
export interface Place {
  settings: MonitoringSettings;
  servers: Servers;
  folder: Folder;
}

/** How long to wait until a change has taken effect, in milliseconds; below an activity's 60 s. */
const EFFECT_MS = 20_000;

/**
 * Milliseconds in which the gateway has usually read its file again. It lets whoever tries a key too early wait for seconds.
 */
const READ_AGAIN_MS = 150;

/**
 * A tenant's account: a key at the gateway, the wall around its metrics and logs, and its alert rules. Removal deletes all that was sent with
 * the key.
 */
export function accountKind(pool: pg.Pool, placeOf: (region: string) => Place): ResourceKind<MonitoringSpec> {
  /** One change of a region's files at a time, whichever worker makes it. */
  async function inTurn(region: string, work: () => Promise<void>): Promise<void> {
    await transaction(pool, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtextextended('monitoring:' || $1, 0))`, [region]);
      await work();
    });
  }

  /** Stores what the servers are to know of a tenant, and waits until they act on it. */
  async function put(region: string, record: TenantRecord, signal: AbortSignal): Promise<void> {
    const { folder, servers, settings } = placeOf(region);
    await inTurn(region, () => folder.write(record));
    await servers.reload(signal);
    await sleep(READ_AGAIN_MS, undefined, { signal });
    const settled = await waitFor(async () => ((await isSettled(servers, record, signal)) ? true : undefined), {
      signal,
      everyMs: 50,
      timeoutMs: EFFECT_MS,
      what: 'the gateway and the alert rules to follow their files',
    });
    if (!settled)
      throw failure(
        'ProviderUnavailable',
        `${settings.name} does not follow its files in ${settings.folder}. See the logs of the gateway and of the alert rules: one of them may read another folder, or refuse a file.`,
      );
  }

  function viewOf({ settings }: Place, { account }: TenantRecord): { id: string; facts: Record<string, unknown> } {
    const { name: place, url: endpoint, retentionDays } = settings;
    return { id: `${place}/${account}`, facts: { place, endpoint, account, retentionDays } };
  }

  const find: ResourceKind<MonitoringSpec>['find'] = async ({ region, tenantId, spec, secrets, signal }) => {
    const place = placeOf(region);
    const { folder, servers, settings } = place;
    const record = await folder.find(tenantId);
    if (!record) {
      const account = await findMonitoringAccount(pool, tenantId);
      const [metrics, logs] = await Promise.all([
        servers.hasMetrics(tenantId, signal),
        account !== undefined && servers.hasLogs(account, signal),
      ]);
      return metrics || logs ? { state: 'partial', id: `${settings.name}/${account ?? 'none'}` } : { state: 'absent' };
    }
    const view = viewOf(place, record);
    if (!spec) return { state: 'present', ...view };
    const key = await secrets.read(MONITORING_KEY);
    const whole = key === record.key && (await isWhole(servers, record, signal));
    return { state: whole ? 'present' : 'partial', ...view };
  };

  async function requireRecord(region: string, tenantId: string): Promise<TenantRecord> {
    const { folder, settings } = placeOf(region);
    const record = await folder.find(tenantId);
    if (record) return record;
    throw failure('StateConflict', `Tenant ${tenantId} has no account at ${settings.name}, so it has no access there.`);
  }

  return {
    kind: MONITORING_ACCOUNT,
    provider: 'victoria',
    name: dashName,
    find,

    async create({ region, tenantId, spec, secrets, signal }): Promise<Created> {
      const place = placeOf(region);
      // A file with an expression that is not understood would stop the rules of every tenant from being read again.
      for (const { name, expression } of spec.alerts) await place.servers.checkExpression(name, expression, signal);
      const [key, account] = [await obtainKey(secrets), await obtainMonitoringAccount(pool, tenantId)];
      const known = await place.folder.find(tenantId);
      const access = known?.access ?? 'open';
      const record: TenantRecord = { tenantId, account, key, access, alerts: spec.alerts, receivers: spec.receivers };
      const isKnown = JSON.stringify(known) === JSON.stringify(record);
      if (!isKnown || !(await isWhole(place.servers, record, signal))) await put(region, record, signal);
      return viewOf(place, record);
    },

    async update({ region, tenantId, signal }, { access }) {
      await put(region, { ...(await requireRecord(region, tenantId)), access }, signal);
      if (access !== 'open') await endAlerts(pool, tenantId);
    },

    async access({ region, tenantId, secrets, signal }): Promise<Access> {
      const { servers, settings } = placeOf(region);
      const record = await requireRecord(region, tenantId);
      const key = await secrets.read(MONITORING_KEY);
      const answered = await servers.tryKey(key ?? '', signal);
      const evaluated = (await servers.alertsOf(tenantId, signal)).length;
      if (answered !== undefined && evaluated === alertsWhile(answered, record)) return answered;
      throw failure(
        'ProviderUnavailable',
        `${settings.name}: the gateway and the alert rules do not agree yet on the access of tenant ${tenantId}.`,
      );
    },

    async remove({ region, tenantId, signal }) {
      const { folder, servers, settings } = placeOf(region);
      const record = await folder.find(tenantId);
      const account = record?.account ?? (await findMonitoringAccount(pool, tenantId));
      if (account === undefined) return;
      // While the key is accepted, something could be written after the deletion.
      if (record) await put(region, { ...record, access: 'closed' }, signal);
      // Without it, what was sent in the last seconds would survive the deletion.
      await servers.flush(signal);
      await Promise.all([servers.deleteMetrics(tenantId, signal), servers.deleteLogs(account, signal)]);
      const gone = await waitFor(
        async () => {
          const left = await Promise.all([servers.hasMetrics(tenantId, signal), servers.hasLogs(account, signal)]);
          return left.includes(true) ? undefined : true;
        },
        { signal, everyMs: 250, timeoutMs: EFFECT_MS, what: 'metrics and logs to be deleted' },
      );
      if (!gone)
        throw failure(
          'ProviderUnavailable',
          `${settings.name} still has metrics or logs of tenant ${tenantId} that it was told to delete. Nothing more is needed if it is busy; VictoriaLogs must have been started with -delete.enable.`,
        );
      await inTurn(region, () => folder.forget(tenantId));
    },

    async *list(region): AsyncIterable<Listed> {
      const place = placeOf(region);
      for (const record of await place.folder.list()) {
        const { tenantId } = record;
        if (tenantId === PROBE_TENANT_ID) continue;
        yield { tenantId, name: dashName(tenantId), id: viewOf(place, record).id };
      }
    },
  };
}

/** The key of an account, made when it is first asked for. */
function obtainKey(secrets: ResourceSecrets): Promise<string> {
  return secrets.obtain(MONITORING_KEY, () => newSecret('mon'));
}

/** Whether an account is as its record says, as far as can be told at once: the gateway lets whoever tries a refused key wait for seconds. */
function isWhole(servers: Servers, record: TenantRecord, signal: AbortSignal): Promise<boolean> {
  return record.access === 'closed' ? Promise.resolve(true) : isSettled(servers, record, signal);
}

/** Whether gateway and alert rules do what the record says. */
async function isSettled(servers: Servers, record: TenantRecord, signal: AbortSignal): Promise<boolean> {
  const [access, evaluated] = await Promise.all([
    servers.tryKey(record.key, signal),
    servers.alertsOf(record.tenantId, signal),
  ]);
  return access === record.access && evaluated.length === alertsWhile(access, record);
}

/** How many alerts of a tenant are evaluated while it has this access. */
function alertsWhile(access: Access, { alerts }: TenantRecord): number {
  return access === 'open' ? alerts.length : 0;
}
