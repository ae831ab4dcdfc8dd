import type { Command } from 'commander';
import { dataOf, type Event, type EventType, type Plan } from '../../src/index';
import { run } from '../context';
import { examples } from '../examples';
import { UsageError } from '../exit';
import { eventLine } from '../output/operation-view';

interface EventsOptions {
  follow?: true;
  types?: string;
  tenant?: string;
  plan?: Plan;
  after?: string;
}

/** `events`. */
export function addEvents(program: Command): void {
  const events = program
    .command('events')
    .description('print events, one a line')
    .option('--follow', 'go on with those that happen from now on')
    .option('--types <types>', 'only these types, separated by commas')
    .option('--tenant <tenant>', 'only about the tenant with this id')
    .option('--plan <plan>', 'only about tenants of this plan')
    .option('--after <number>', 'only after the event with this number; required without --follow')
    .addHelpText(
      'after',
      examples('tenants events --follow --types operation.status', 'tenants events --after 4711 --json'),
    );
  run<EventsOptions>(events, async ({ client, out, signal }, _args, { follow, after: text, ...filter }) => {
    if (!follow && text === undefined) throw new UsageError('Give --follow or --after.');
    const after = text === undefined ? undefined : Number(text);
    if (after !== undefined && !Number.isSafeInteger(after)) throw new UsageError('--after must be a number.');
    const print = (event: Event): void => out.line(event, eventLine(event, out));
    if (follow) {
      // The API names the types that it does not know.
      const types = filter.types?.split(',') as EventType[] | undefined;
      for await (const event of client.events({ ...filter, types, after, signal })) print(event);
      return;
    }
    for (let position = after; ;) {
      const query = { ...filter, ...(position === undefined ? {} : { after: position }) };
      const page = await dataOf(client.api.GET('/v1/events', { params: { query }, signal }));
      if (typeof page === 'string') return;
      page.items.forEach(print);
      ({ position } = page);
      if (!page.more) return;
    }
  });
}
