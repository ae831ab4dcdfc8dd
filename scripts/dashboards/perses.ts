import { ROWS, type Panel, type Unit } from './rows';

/** Where the dashboard for Perses is kept. */
export const PERSES_DASHBOARD = 'monitoring/dashboards/provisioner.perses.json';

/** Names of the units: https://perses.dev/perses/docs/plugins/ */
const UNITS: Record<Unit, string> = {
  share: 'percent-decimal',
  seconds: 'seconds',
  count: 'decimal',
  bytes: 'bytes',
  'per second': 'counts/sec',
};

/** Panels of a row stand side by side on Perses's grid of 24 columns. */
const WIDTH = 6;
const HEIGHT = 8;

/** The dashboard as `percli apply` and Perses's API take it, for the project `provisioner`: https://perses.dev/perses/docs/api/dashboard/ */
export function persesDashboard(): string {
  const panels: Record<string, object> = {};
  const layouts = Object.entries(ROWS).map(([title, row], index) => ({
    kind: 'Grid',
    spec: {
      display: { title, collapse: { open: true } },
      items: row.map((panel, place) => {
        const key = `row${index}Panel${place}`;
        panels[key] = drawn(panel);
        return { x: place * WIDTH, y: 0, width: WIDTH, height: HEIGHT, content: { $ref: `#/spec/panels/${key}` } };
      }),
    },
  }));
  const dashboard = {
    kind: 'Dashboard',
    metadata: { name: 'tenant-provisioner', project: 'provisioner' },
    spec: {
      display: { name: 'Tenant provisioner' },
      duration: '6h',
      refreshInterval: '30s',
      panels,
      layouts,
    },
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function drawn({ title, unit, lines }: Panel): object {
  return {
    kind: 'Panel',
    spec: {
      display: { name: title },
      plugin: {
        kind: 'TimeSeriesChart',
        spec: { legend: { position: 'bottom' }, yAxis: { format: { unit: UNITS[unit] }, min: 0 } },
      },
      // Without a data source of its own, a query goes to the project's or the server's default one.
      queries: lines.map(([query, seriesNameFormat]) => ({
        kind: 'TimeSeriesQuery',
        spec: { plugin: { kind: 'PrometheusTimeSeriesQuery', spec: { query, seriesNameFormat } } },
      })),
    },
  };
}
