import type { Command } from 'commander';
import type { Order } from '../../src/index';
import { run, type Context } from '../context';
import { examples } from '../examples';
import type { ExitStatus } from '../exit';
import { readObject } from '../read-input';
import { watch, type WatchOptions } from '../watch';
import type { OperationHandle } from '../../src/index';

/** Options of commands that begin an operation. */
export interface StartOptions extends WatchOptions {
  watch?: true;
  idempotencyKey?: string;
}

/** Adds the options of commands that begin an operation. */
export function withStartOptions(command: Command): Command {
  return command
    .option('--watch', 'follow the operation until it has ended or waits for a person')
    .option('--keep-waiting', 'with --watch: go on while it waits for a person')
    .option('--idempotency-key <key>', 'with the same key, the command can be repeated safely; random by default');
}

/** Says which operation has begun, and follows it if that was asked for. */
export async function begun(
  context: Context,
  handle: OperationHandle,
  options: StartOptions,
): Promise<ExitStatus | void> {
  const { operationId, tenantId } = handle;
  if (options.watch) return watch(context, handle, options);
  const { out } = context;
  out.result({ operationId, tenantId }, () => `${operationId} was accepted, for tenant ${tenantId}.`);
}

/** `order` and `watch`. */
export function addOrders(program: Command): void {
  const order = withStartOptions(
    program
      .command('order <file>')
      .description('order a tenant; the file holds the order as JSON, - is standard input')
      .addHelpText('after', examples('tenants order acme.json --watch', 'jq .order case.json | tenants order -')),
  );
  run<StartOptions>(order, async (context, [file = '-'], options) => {
    // The API checks the order, and names each field that is wrong.
    const body = (await readObject(file)) as unknown as Order;
    return begun(context, await context.client.provision(body, options), options);
  });

  const watching = program
    .command('watch <operation>')
    .description('follow an operation until it has ended or waits for a person')
    .option('--keep-waiting', 'go on while it waits for a person')
    .addHelpText('after', examples('tenants watch op_t5qn6jg5cs3cengyulvu', 'tenants watch op_… --json | jq .type'));
  run<WatchOptions>(watching, async (context, [operationId = ''], options) =>
    watch(context, await context.client.operation(operationId), options),
  );
}
