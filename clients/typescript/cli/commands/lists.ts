import type { Command } from 'commander';
import type { operations } from '../../generated/api';
import { dataOf, type Operation, type Tenant } from '../../src/index';
import { run, type Context } from '../context';
import { examples } from '../examples';
import { UsageError } from '../exit';
import { operationView } from '../output/operation-view';
import { printable } from '../output/printable';

type OperationQuery = NonNullable<operations['listOperations']['parameters']['query']>;
type TenantQuery = NonNullable<operations['listTenants']['parameters']['query']>;

const DEFAULT_LIMIT = 50;
const PAGE = 100;

interface ListOptions extends Omit<OperationQuery & TenantQuery, 'limit' | 'cursor'> {
  limit: string;
}

/** `list` and `show`. */
export function addLists(program: Command): void {
  const list = program
    .command('list [what]')
    .description('list operations (default) or tenants, newest first')
    .option('--status <status>', 'in this status, for instance failed')
    .option('--kind <kind>', 'operations of this kind: provision, suspend, resume, deprovision')
    .option('--state <state>', 'tenants in this state, for instance active')
    .option('--plan <plan>', 'of this plan')
    .option('--region <region>', 'in this region')
    .option('--name <beginning>', 'whose tenant’s name begins so')
    .option('--organization <name>', 'of the organization with this full name')
    .option('--created-from <time>', 'ordered at this time or later, ISO 8601')
    .option('--created-before <time>', 'ordered before this time')
    .option('--limit <number>', 'at most so many', String(DEFAULT_LIMIT))
    .addHelpText(
      'after',
      examples('tenants list --status failed --plan starter', 'tenants list tenants --state active --limit 500'),
    );
  run<ListOptions>(list, async (context, [what = 'operations'], { limit: text, ...query }) => {
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit must be a whole number from 1.');
    if (what === 'operations') return listOperations(context, query, limit);
    if (what === 'tenants') return listTenants(context, query, limit);
    throw new UsageError(`There is no list of ${what}: list operations or tenants.`);
  });

  const show = program
    .command('show <id>')
    .description('show an operation or a tenant')
    .addHelpText('after', examples('tenants show op_t5qn6jg5cs3cengyulvu', 'tenants show rjlgu7i2nwla7no6 --json'));
  run(show, async ({ client, out }, [id = '']) => {
    if (id.startsWith('op_')) {
      const operation = await (await client.operation(id)).status();
      return out.result(operation, () => operationView(operation, out));
    }
    const tenant = await dataOf(client.api.GET('/v1/tenants/{tenantId}', { params: { path: { tenantId: id } } }));
    out.result(tenant, () => tenantView(tenant, out));
  });
}

async function listOperations({ client, out }: Context, query: OperationQuery, limit: number): Promise<void> {
  const items = await pages(limit, (paging) =>
    dataOf(client.api.GET('/v1/operations', { params: { query: { ...query, ...paging } } })),
  );
  const row = (each: Operation): (string | undefined)[] => [
    each.operationId,
    each.tenantName,
    each.kind,
    each.status,
    `${each.completed}/${each.total}`,
    each.plan,
    each.region,
    out.time(each.createdAt),
  ];
  const header = ['operation', 'tenant', 'kind', 'status', 'steps', 'plan', 'region', 'ordered'];
  out.result(items, () => out.table({ header, rows: items.map(row) }));
}

async function listTenants({ client, out }: Context, query: TenantQuery, limit: number): Promise<void> {
  const items = await pages(limit, (paging) =>
    dataOf(client.api.GET('/v1/tenants', { params: { query: { ...query, ...paging } } })),
  );
  const row = (each: Tenant): (string | undefined)[] => [
    each.tenantId,
    each.tenantName,
    each.state,
    each.plan,
    each.region,
    out.time(each.createdAt),
  ];
  const header = ['tenant', 'name', 'state', 'plan', 'region', 'ordered'];
  out.result(items, () => out.table({ header, rows: items.map(row) }));
}

interface Page<T> {
  items: T[];
  nextCursor?: string | undefined;
}

async function pages<T>(
  limit: number,
  read: (paging: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({
      limit: Math.min(PAGE, limit - items.length),
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined || items.length >= limit) return items;
  }
}

function tenantView(tenant: Tenant, { table, time, paint }: Context['out']): string {
  const { tenantName, tenantId, state, stateSince, access, plan, region, operationId, resources = [] } = tenant;
  const facts = [
    `${paint.bold(printable(tenantName))}  ${tenantId}`,
    `${state} since ${time(stateSince)}, access ${access} · ${plan}${region === undefined ? '' : ` · ${printable(region)}`}`,
    ...(operationId === undefined ? [] : [`operation ${operationId}`]),
  ];
  const rows = resources.map(({ kind, provider, region: where, id, state: its }) => [kind, provider, where, id, its]);
  const listed =
    resources.length === 0 ? [] : ['', table({ header: ['resource', 'provider', 'region', 'id', 'state'], rows })];
  return [...facts, ...listed].join('\n');
}
