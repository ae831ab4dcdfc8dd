import type { Command } from 'commander';
import { dataOf, type EventType } from '../../src/index';
import { run } from '../context';
import { examples } from '../examples';

/** `webhooks`. */
export function addWebhooks(program: Command): void {
  const webhooks = program.command('webhooks').description('manage the caller’s webhook endpoints');

  const list = webhooks
    .command('list')
    .description('list endpoints')
    .addHelpText('after', examples('tenants webhooks list'));
  run(list, async ({ client, out }) => {
    const { items } = await dataOf(client.api.GET('/v1/webhook-endpoints', { params: { query: { limit: 100 } } }));
    const rows = items.map((each) => [each.endpointId, each.state, each.url, each.eventTypes?.join(',') ?? 'all']);
    out.result(items, () => out.table({ header: ['endpoint', 'state', 'url', 'types'], rows }));
  });

  const add = webhooks
    .command('add <url>')
    .description('have messages sent to an address; prints the secret that verifies them, once')
    .option('--types <types>', 'only events of these types, separated by commas')
    .addHelpText('after', examples('tenants webhooks add https://shop.example.com/hook --types operation.status'));
  run<{ types?: string }>(add, async ({ client, out }, [url = ''], { types }) => {
    // The API names the types that it does not know.
    const eventTypes = types?.split(',') as EventType[] | undefined;
    const made = await dataOf(client.api.POST('/v1/webhook-endpoints', { body: { url, eventTypes } }));
    out.result(made, () => `${made.endpointId} was added. Its secret, which is not shown again: ${made.secret}`);
  });

  const remove = webhooks
    .command('remove <endpoint>')
    .description('delete an endpoint')
    .addHelpText('after', examples('tenants webhooks remove we_…'));
  run(remove, async ({ client, out }, [endpointId = '']) => {
    await client.api.DELETE('/v1/webhook-endpoints/{endpointId}', { params: { path: { endpointId } } });
    out.result({ endpointId }, () => `${endpointId} was removed.`);
  });

  const test = webhooks
    .command('test <endpoint>')
    .description('send a test message')
    .addHelpText('after', examples('tenants webhooks test we_…'));
  run(test, async ({ client, out }, [endpointId = '']) => {
    const params = { path: { endpointId } };
    const sent = await dataOf(client.api.POST('/v1/webhook-endpoints/{endpointId}:test', { params }));
    out.result(sent, () => `The message ${sent.deliveryId} is on its way.`);
  });

  const deliveries = webhooks
    .command('deliveries <endpoint>')
    .description('list messages and what became of them, newest first')
    .addHelpText('after', examples('tenants webhooks deliveries we_…'));
  run(deliveries, async ({ client, out }, [endpointId = '']) => {
    const params = { path: { endpointId } };
    const { items } = await dataOf(client.api.GET('/v1/webhook-endpoints/{endpointId}/deliveries', { params }));
    const rows = items.map((each) => [each.deliveryId, each.type, each.state, each.attempts, out.time(each.createdAt)]);
    out.result(items, () => out.table({ header: ['message', 'type', 'state', 'attempts', 'since'], rows }));
  });
}
