import type { Command } from 'commander';
import type { components } from '../../generated/api';
import { dataOf, type Order } from '../../src/index';
import { run } from '../context';
import { examples } from '../examples';
import { EXIT } from '../exit';
import type { Output } from '../output/output';
import { printable } from '../output/printable';
import { readObject } from '../read-input';

type Preview = components['schemas']['OrderPreview'];

/** `preview`. */
export function addPreview(program: Command): void {
  const preview = program
    .command('preview <file>')
    .description('show what an order would do, without ordering; status 3 if it would be refused')
    .addHelpText('after', examples('tenants preview order.json', 'tenants preview - --json < order.json'));
  run(preview, async ({ client, out }, [file = '-']) => {
    // The API checks the order, and names each field that is wrong.
    const body = (await readObject(file)) as unknown as Order;
    const seen = await dataOf(client.api.POST('/v1/tenants:preview', { body }));
    out.result(seen, () => previewView(seen, out));
    return seen.possible ? EXIT.ok : EXIT.refused;
  });
}

/** What an order would do, for people. */
export function previewView(preview: Preview, { paint, table }: Pick<Output, 'paint' | 'table'>): string {
  const { possible, violations, region, residency, approvals, resources = [], price, duration, unknown } = preview;
  const facts = [
    ['region', region && `${region.region} (${region.jurisdiction}), ${region.chosen}`],
    ['residency', residency?.explanation],
    ['approval', approvals && (approvals.required.length === 0 ? 'none' : `for ${approvals.required.join(', ')}`)],
    ['price', price && priceText(price)],
    ['duration', duration && `likely ${duration.likelySeconds} s, late ${duration.lateSeconds} s`],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined);
  const rows = resources.map(({ step, kind, provider, region: where }) => [step, kind, provider, where]);
  return [
    possible ? paint.green('This order would be accepted.') : paint.red('This order would be refused.'),
    ...violations.map(({ pointer, detail }) => printable(`  ${pointer}: ${detail}`)),
    ...facts.map(([name, text]) => `${name.padEnd(10)} ${printable(text)}`),
    ...unknown.map(({ part, reason }) => printable(`${part} is unknown: ${reason}`)),
    ...(rows.length === 0 ? [] : ['', table({ header: ['step', 'resource', 'provider', 'region'], rows })]),
  ].join('\n');
}

function priceText({ currency, now, later, trial }: NonNullable<Preview['price']>): string {
  const amount = (smallest: number): string => {
    const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
    }).resolvedOptions();
    return `${(smallest / 10 ** maximumFractionDigits).toFixed(maximumFractionDigits)} ${currency.toUpperCase()}`;
  };
  const first = trial ? `, after a trial of ${trial.days} days` : '';
  return `${amount(now.amount)} at ${now.due}, then ${amount(later.amount)} a ${later.every}${first}`;
}
