import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegionSettings } from '../../../config/regions';
import { ALERTS_PATH } from '../../../contract/monitoring/alerts';
import { MONITORING_KEY } from '../../../contract/monitoring/account';
import { connectServers } from '../../../providers/monitoring/victoria/servers';
import { createVictoria } from '../../../providers/monitoring/victoria/victoria';
import { tellAlerts } from '../../../stack/servers/monitoring';
import { startApiHarness, type ApiHarness } from '../../helpers/api';
import { activeTenant } from '../../helpers/tenants/accepted';
import { fanOutAll, makeEndpoint, messagesTo } from '../../helpers/webhooks/endpoints';
import { eventually } from '../../stack/eventually';
import { stackEndpoints } from '../../stack';
import { memorySecrets, resourceContext } from '../kind-suite';

const { monitoring: at, postgres } = stackEndpoints('monitoring', 'postgres');
const suite = at && postgres ? describe : describe.skip;
if (!at || !postgres)
  test.todo('the way of an alert: not run, this machine has no VictoriaMetrics, VictoriaLogs or PostgreSQL');

suite('the way of an alert', () => {
  const { notifier, ...endpoints } = at ?? ({} as NonNullable<typeof at>);
  const settings = { provider: 'victoria', name: 'eu-central-monitoring-1', ...endpoints } as const;
  const signal = (): AbortSignal => AbortSignal.timeout(60_000);
  const servers = connectServers(settings);
  let api: ApiHarness;
  let listening: Server;
  beforeAll(async () => {
    api = await startApiHarness();
    listening = api.app.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}${ALERTS_PATH}`;
    tellAlerts(notifier, { url, token: await api.token(['alerts:report']) });
    await servers.reload(signal());
  });
  afterAll(async () => {
    tellAlerts(notifier, undefined);
    await servers.reload(signal());
    listening.close();
    await api.stop();
  });

  test('leads from a metric of the tenant to a message for the endpoint that its order names, when it fires and when it ends', async () => {
    const region = { name: 'eu-central', jurisdiction: 'EU', monitoring: settings } as RegionSettings;
    const { account } = createVictoria([region], api.registry.pool, memorySecrets());
    const { tenantId } = await activeTenant(api.registry);
    const receiver = await makeEndpoint(api.registry);
    const rule = { name: 'errors', expression: 'app_errors > 10', afterMinutes: 0, severity: 'page' } as const;
    const context = resourceContext(account, 'eu-central', { alerts: [rule], receivers: [receiver] }, tenantId);
    await account.create(context);
    try {
      const key = (await context.secrets.read(MONITORING_KEY))!;
      const send = (value: number) =>
        servers.atGateway(
          { method: 'POST', path: '/api/v1/import/prometheus', body: `app_errors ${value}\n` },
          key,
          signal(),
        );
      const told = async (): Promise<string[]> => {
        await fanOutAll(api.registry);
        const { rows } = await api.registry.pool.query<{ type: string }>(
          `select type from webhook_delivery where endpoint_id = $1 and type like 'alert.%' order by position`,
          [receiver],
        );
        return rows.map(({ type }) => type);
      };
      expect((await send(20)).status).toBe(204);
      await eventually(async () => (await told()).length > 0, 60_000);
      expect(await told()).toEqual(['alert.firing']);
      expect((await send(0)).status).toBe(204);
      await eventually(async () => (await told()).length > 1, 60_000);
      expect(await told()).toEqual(['alert.firing', 'alert.resolved']);
      const messages = await messagesTo(api.registry, receiver);
      expect(messages.map((message) => message.tenantId)).toEqual([tenantId, tenantId]);
    } finally {
      await account.remove(context);
    }
  }, 180_000);
});
