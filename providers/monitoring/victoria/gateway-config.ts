import { randomBytes } from 'node:crypto';
import type { MonitoringSettings } from '../../../config/regions';
import type { Access } from '../../../contract/tenants/access';

/** What the gateway must know of a tenant. */
export interface GatewayUser {
  tenantId: string;
  account: number;
  key: string;
  access: Access;
}

/** Paths at the gateway, as regular expressions: whatever is not listed is refused. */
const PATHS = {
  writeMetrics: ['/api/v1/write', '/api/v1/import/prometheus', '/opentelemetry/v1/metrics'],
  readMetrics: [
    '/api/v1/query',
    '/api/v1/query_range',
    '/api/v1/series',
    '/api/v1/labels',
    '/api/v1/label/[^/]+/values',
  ],
  writeLogs: ['/insert/jsonline', '/insert/loki/api/v1/push', '/insert/opentelemetry/v1/logs'],
  readLogs: ['/select/logsql/(query|hits|field_names|field_values|streams|stats_query|stats_query_range)'],
};

/**
 * The gateway's whole configuration (vmauth's `-auth.config`). The label and the account are set here and replace what a request says itself, so
 * they decide whose data is written and read. A closed tenant has no entry, so its key is refused with 401.
 */
export function gatewayConfig(
  { metricsUrl, logsUrl }: Pick<MonitoringSettings, 'metricsUrl' | 'logsUrl'>,
  users: readonly GatewayUser[],
): string {
  const entries = users
    .filter(({ access }) => access !== 'closed')
    .map(({ tenantId, account, key, access }) => {
      const writes = access === 'open';
      return {
        name: tenantId,
        bearer_token: key,
        url_map: [
          {
            src_paths: [...PATHS.readMetrics, ...(writes ? PATHS.writeMetrics : [])],
            url_prefix: `${withoutSlash(metricsUrl)}/?extra_label=tenant=${tenantId}`,
          },
          {
            src_paths: [...PATHS.readLogs, ...(writes ? PATHS.writeLogs : [])],
            url_prefix: withoutSlash(logsUrl),
            // An empty value removes the header, in which a client of Loki could name another account.
            headers: [`AccountID: ${account}`, 'ProjectID: 0', 'X-Scope-OrgID:'],
          },
        ],
      };
    });
  // The gateway refuses a configuration without users. Nobody knows this one's key, and it leads nowhere.
  const nobody = {
    name: 'nobody',
    bearer_token: randomBytes(32).toString('base64url'),
    url_map: [{ src_paths: ['/nowhere'], url_prefix: withoutSlash(metricsUrl) }],
  };
  // JSON is YAML, and written many times faster.
  return JSON.stringify({ users: [nobody, ...entries] });
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
