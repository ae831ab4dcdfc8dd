import type { Command } from 'commander';
import type { components } from '../../generated/api';
import { dataOf } from '../../src/index';
import { run, type Context } from '../context';
import { examples } from '../examples';
import { UsageError } from '../exit';
import { parseObject, readObject } from '../read-input';

type Resolution = components['schemas']['ResolutionRequest'];

/** `approve`, `reject`, `cancel` and `resolve`. */
export function addDecisions(program: Command): void {
  for (const decision of ['approve', 'reject'] as const) {
    const command = program
      .command(`${decision} <operation>`)
      .description(`${decision} an order that waits for an approver`)
      .option('--comment <text>', 'why; kept with the decision')
      .addHelpText('after', examples(`tenants ${decision} op_t5qn6jg5cs3cengyulvu --comment 'Agreed with sales.'`));
    run<{ comment?: string }>(command, async ({ client, out }, [operationId = ''], options) => {
      const params = { path: { operationId } };
      const body = { decision, ...options };
      const done = await dataOf(client.api.POST('/v1/operations/{operationId}/approval', { params, body }));
      out.result(done, () => `The decision on ${operationId} is recorded: ${done.decision}.`);
    });
  }

  const cancel = program
    .command('cancel <operation>')
    .description('stop an operation and undo what it has made')
    .option('--reason <text>', 'why; kept in the audit trail')
    .addHelpText('after', examples('tenants cancel op_t5qn6jg5cs3cengyulvu'));
  run<{ reason?: string }>(cancel, async ({ client, out }, [operationId = ''], body) => {
    const params = { path: { operationId } };
    const done = await dataOf(client.api.POST('/v1/operations/{operationId}/cancel', { params, body }));
    out.result(done, () => `${operationId} is being cancelled.`);
  });

  addResolutions(
    program.command('resolve').description('decide how an operation that waits for an operator continues'),
  );
}

function addResolutions(resolve: Command): void {
  const simple = {
    retry: ['try the failed steps, or the undo of leftovers, again', 'retry'],
    skip: ['skip the failed steps', 'skip'],
    undo: ['undo everything', 'compensate'],
  } as const;
  for (const [name, [about, verb]] of Object.entries(simple)) {
    const command = resolve.command(`${name} <operation>`).description(about);
    if (verb === 'skip') command.requiredOption('--reason <text>', 'why; kept in the audit trail');
    else command.option('--reason <text>', 'why; kept in the audit trail');
    command.addHelpText('after', examples(`tenants resolve ${name} op_t5qn6jg5cs3cengyulvu --reason 'Ticket 4711.'`));
    run<{ reason?: string }>(command, (context, [operationId = ''], { reason }) => {
      if (verb === 'skip') return take(context, operationId, { verb, reason: reason ?? '' });
      return take(context, operationId, { verb, reason });
    });
  }

  const amend = resolve
    .command('amend <operation>')
    .description('correct the order and try the failed steps again')
    .requiredOption(
      '--patch <json>',
      'JSON merge patch of the order; @FILE reads it from a file, - from standard input',
    )
    .option('--reason <text>', 'why; kept in the audit trail')
    .addHelpText('after', examples(`tenants resolve amend op_… --patch '{ "paymentMethod": "pm_card_visa" }'`));
  run<{ patch: string; reason?: string }>(amend, async (context, [operationId = ''], { patch: text, reason }) => {
    const file = text === '-' ? text : text.startsWith('@') ? text.slice(1) : undefined;
    const patch = file === undefined ? parseObject(text, '--patch') : await readObject(file);
    return take(context, operationId, { verb: 'amend', patch, reason });
  });

  const accept = resolve
    .command('accept <operation>')
    .description('take over leftovers, which an operator then removes by hand')
    .requiredOption('--leftover <kind:id...>', 'a leftover of the operation, as `tenants show` names it')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .addHelpText(
      'after',
      examples(`tenants resolve accept op_… --leftover bucket:t-rjlgu7 --reason 'Removed by hand.'`),
    );
  run<{ leftover: string[]; reason: string }>(accept, async (context, [operationId = ''], { leftover, reason }) =>
    take(context, operationId, { verb: 'accept', leftovers: leftover.map(leftoverOf), reason }),
  );
}

async function take({ client, out }: Context, operationId: string, body: Resolution): Promise<void> {
  const params = { path: { operationId } };
  const done = await dataOf(client.api.POST('/v1/operations/{operationId}/resolution', { params, body }));
  out.result(done, () => `${operationId} continues: ${done.verb}.`);
}

function leftoverOf(text: string): { kind: string; id: string } {
  const [, kind, id] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (kind === undefined || id === undefined)
    throw new UsageError('--leftover must be kind:id, such as bucket:t-rjlgu7.');
  return { kind, id };
}
