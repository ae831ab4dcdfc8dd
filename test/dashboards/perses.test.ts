import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERSES_DASHBOARD } from '../../scripts/dashboards/perses';
import { ROWS } from '../../scripts/dashboards/rows';
import { startPerses, type Perses } from '../helpers/monitoring/perses';
import { startMonitoring, type MonitoringServers } from '../helpers/monitoring/servers';
import { missing } from '../helpers/monitoring/tools';

const why = missing('prometheus') ?? missing('prometheus-alertmanager');
const suite = why === undefined ? describe : describe.skip;
if (why !== undefined) test.todo(`Perses: not run, ${why}`);

interface Dashboard {
  metadata: { name: string; project: string };
  spec: { panels: Record<string, { spec: { plugin: { spec: object }; queries: object[] } }> };
}

const shipped = (): Dashboard =>
  JSON.parse(readFileSync(join(__dirname, '../..', PERSES_DASHBOARD), 'utf8')) as Dashboard;

suite('with a real Perses and a real Prometheus', () => {
  let monitoring: MonitoringServers;
  let perses: Perses;
  const { project } = shipped().metadata;
  const dashboards = `/projects/${project}/dashboards`;

  beforeAll(async () => {
    monitoring = await startMonitoring({ targets: {}, receiver: 'http://127.0.0.1:9' });
    perses = await startPerses(monitoring.url);
    expect(
      await perses.ask('POST', '/projects', { kind: 'Project', metadata: { name: project }, spec: {} }),
    ).toMatchObject({
      status: 200,
    });
  }, 1_800_000);
  afterAll(async () => {
    await perses?.stop();
    await monitoring?.stop();
  });

  test('the dashboard that ships is loaded as it is', async () => {
    expect(await perses.ask('POST', dashboards, shipped())).toMatchObject({ status: 200 });
    const { metadata, spec } = shipped();
    const { body } = await perses.ask('GET', `${dashboards}/${metadata.name}`);
    expect(body).toMatchObject({ metadata, spec });
  });

  test('a dashboard with a question that is empty, or an axis that Perses does not know, is refused', async () => {
    const empty = shipped();
    empty.metadata.name = 'empty';
    Object.values(empty.spec.panels)[0]!.spec.queries = [
      { kind: 'TimeSeriesQuery', spec: { plugin: { kind: 'PrometheusTimeSeriesQuery', spec: { query: '' } } } },
    ];
    const unknown = shipped();
    unknown.metadata.name = 'unknown';
    Object.values(unknown.spec.panels)[0]!.spec.plugin.spec = { yAxis: { format: { unit: 'furlongs' } } };
    for (const dashboard of [empty, unknown])
      expect(await perses.ask('POST', dashboards, dashboard)).toMatchObject({ status: 400 });
  });

  test('every question of the dashboard is answered by Prometheus through Perses', async () => {
    for (const { lines } of Object.values(ROWS).flat())
      for (const [expression] of lines)
        // Perses’s pages fill in the interval, as Grafana does.
        expect([expression, await perses.query(expression.replaceAll('$__rate_interval', '1m'))]).toEqual([
          expression,
          200,
        ]);
    expect(await perses.query('sum(')).toBe(400);
  });
});
