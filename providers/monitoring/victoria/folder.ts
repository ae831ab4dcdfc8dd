import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonitoringSettings } from '../../../config/regions';
import { assertTenantId } from '../../../contract/ids';
import { failure } from '../../port/failures';
import type { MonitoringSpec } from '../monitoring';
import { alertRules } from './alert-rules';
import { gatewayConfig, type GatewayUser } from './gateway-config';

/** All that the servers are told of a tenant, in one file. The files of the servers are made of these. */
export interface TenantRecord extends GatewayUser, MonitoringSpec {}

/** The folder that the region's workers share with gateway and alert rules. Every file in it is replaced whole. */
export interface Folder {
  find(tenantId: string): Promise<TenantRecord | undefined>;
  list(): Promise<TenantRecord[]>;
  /** Stores the record and writes the servers' files. Not safe beside another change: callers take turns. */
  write(record: TenantRecord): Promise<void>;
  /** Forgets a closed tenant, of which the servers' files have nothing. */
  forget(tenantId: string): Promise<void>;
  /** Writes the servers' files, so that the servers can start before the first tenant. */
  begin(): Promise<void>;
}

/**
 * The folder of a region: `auth.yml` for the gateway, which reads a single file; `rules/<tenantId>.yml` for the alert rules; and
 * `tenants/<tenantId>.json`. Files with keys can be read by their owner and group only.
 */
export function openFolder(settings: Pick<MonitoringSettings, 'folder' | 'metricsUrl' | 'logsUrl'>): Folder {
  const tenants = join(settings.folder, 'tenants');
  const rules = join(settings.folder, 'rules');
  const recordFile = (tenantId: string): string => join(tenants, `${assertTenantId(tenantId)}.json`);
  const rulesFile = (tenantId: string): string => join(rules, `${assertTenantId(tenantId)}.yml`);

  async function find(tenantId: string): Promise<TenantRecord | undefined> {
    const text = await unlessMissing(readFile(recordFile(tenantId), 'utf8'));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as TenantRecord;
    } catch {
      throw failure(
        'ProviderRefused',
        `${recordFile(tenantId)} is not as this program wrote it. Restore it, or remove it and let \`:reconcile\` make the account again.`,
      );
    }
  }

  async function list(): Promise<TenantRecord[]> {
    const names = (await unlessMissing(readdir(tenants))) ?? [];
    const ids = names.flatMap((name) => /^([a-z][a-z0-9]{15})\.json$/.exec(name)?.[1] ?? []);
    const records = await Promise.all(ids.sort().map(find));
    // One that another worker has just forgotten is closed.
    return records.filter((record) => record !== undefined);
  }

  async function writeGateway(): Promise<void> {
    await replace(join(settings.folder, 'auth.yml'), gatewayConfig(settings, await list()));
  }

  const begin = async (): Promise<void> => {
    for (const folder of [tenants, rules]) await mkdir(folder, { recursive: true, mode: 0o750 });
    await writeGateway();
  };
  return {
    find,
    list,
    begin,
    async write(record) {
      await begin();
      await replace(recordFile(record.tenantId), JSON.stringify(record));
      if (record.access === 'open' && record.alerts.length > 0)
        await replace(rulesFile(record.tenantId), alertRules(record.tenantId, record));
      else await rm(rulesFile(record.tenantId), { force: true });
      await writeGateway();
    },
    forget: (tenantId) => rm(recordFile(tenantId), { force: true }),
  };
}

/** Writes beside the file and renames, so that a reader sees the old file or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.draft`;
  try {
    await writeFile(draft, text, { mode: 0o640, flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
