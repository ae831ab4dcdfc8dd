import { ROWS, type Unit } from './rows';

/** Where the dashboard for Grafana is kept. */
export const GRAFANA_DASHBOARD = 'monitoring/dashboards/provisioner.json';

/** Names of the units: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
const UNITS: Record<Unit, string> = {
  share: 'percentunit',
  seconds: 's',
  count: 'short',
  bytes: 'bytes',
  'per second': 'cps',
};

/** Panels of a row stand side by side on Grafana's grid of 24 columns. */
const WIDTH = 6;
const HEIGHT = 8;

/** The dashboard as Grafana imports it: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
export function grafanaDashboard(): string {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  let id = 0;
  const panels = Object.entries(ROWS).flatMap(([title, row], index) => {
    const y = index * (HEIGHT + 1);
    const header = { id: ++id, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] };
    const drawn = row.map((panel, place) => ({
      id: ++id,
      type: 'timeseries',
      title: panel.title,
      datasource,
      gridPos: { x: place * WIDTH, y: y + 1, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit: UNITS[panel.unit], min: 0 }, overrides: [] },
      targets: panel.lines.map(([expr, legendFormat], line) => ({
        refId: String.fromCharCode(65 + line),
        datasource,
        expr,
        legendFormat,
      })),
    }));
    return [header, ...drawn];
  });
  const choice = { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' };
  const dashboard = {
    uid: 'tenant-provisioner',
    title: 'Tenant provisioner',
    schemaVersion: 39,
    tags: ['tenant-provisioner'],
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [choice] },
    panels,
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
