import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_TYPES, clientTypes } from './client-types';
import { GRAFANA_DASHBOARD, grafanaDashboard } from './dashboards/grafana';
import { PERSES_DASHBOARD, persesDashboard } from './dashboards/perses';
import { withTables } from './doc-tables';
import { ROUTE_ROLES, routeRoles } from './route-roles';

/**
 * Brings the generated tables of README.md and docs/, the types of the TypeScript client, the console's table of roles, and the dashboards
 * up to date with the code.
 */
const root = join(__dirname, '..');
const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => join('docs', file))];
for (const document of documents.filter((file) => file.endsWith('.md'))) write(document, withTables(read(document)));
write(GRAFANA_DASHBOARD, grafanaDashboard());
write(PERSES_DASHBOARD, persesDashboard());
void clientTypes().then((types) => write(CLIENT_TYPES, types));
void routeRoles().then((roles) => write(ROUTE_ROLES, roles));

function write(file: string, after: string): void {
  if (after === read(file)) return;
  writeFileSync(join(root, file), after);
  process.stdout.write(`${file}: brought up to date\n`);
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
