import { InvalidArgumentError, type Command } from 'commander';
import type { components } from '../../generated/api';
import { run } from '../context';
import { examples } from '../examples';
import { begun, withStartOptions, type StartOptions } from './orders';

type Schemas = components['schemas'];

/** `suspend`, `resume` and `deprovision`. */
export function addLifecycle(program: Command): void {
  const suspend = withStartOptions(
    program
      .command('suspend <tenant>')
      .description('close what a tenant has, and keep it')
      .requiredOption('--reason <reason>', 'non_payment, abuse, customer_request or trial_ended')
      .option('--message <text>', 'words for those who look at the tenant')
      .option('--read-only', 'leave what is there to be read')
      .addHelpText('after', examples('tenants suspend rjlgu7i2nwla7no6 --reason non_payment --watch')),
  );
  run<StartOptions & Schemas['SuspendRequest']>(suspend, async (context, [tenantId = ''], options) => {
    const { reason, message, readOnly } = options;
    return begun(context, await context.client.suspend(tenantId, { reason, message, readOnly }, options), options);
  });

  const resume = withStartOptions(
    program
      .command('resume <tenant>')
      .description('open a suspended tenant again')
      .option('--message <text>', 'words for those who look at the tenant')
      .addHelpText('after', examples('tenants resume rjlgu7i2nwla7no6 --watch')),
  );
  run<StartOptions & Schemas['ResumeRequest']>(resume, async (context, [tenantId = ''], options) => {
    const { message } = options;
    return begun(context, await context.client.resume(tenantId, { message }, options), options);
  });

  const deprovision = withStartOptions(
    program
      .command('deprovision <tenant>')
      .description('remove a tenant after a grace period')
      .requiredOption('--reason <reason>', 'non_payment, abuse, customer_request, trial_ended or other')
      .option('--message <text>', 'words for those who look at the tenant')
      .option('--grace-days <days>', 'days until the removal; from the plan by default', days)
      .option('--export', 'export the tenant before it is removed')
      .option('--export-to <age-key>', 'the customer’s public age key, for which the export is encrypted')
      .option('--keep-name', 'keep the name from being ordered again')
      .addHelpText('after', examples('tenants deprovision rjlgu7i2nwla7no6 --reason customer_request --grace-days 14')),
  );
  run<StartOptions & Schemas['DeprovisionRequest']>(deprovision, async (context, [tenantId = ''], options) => {
    const { reason, message, graceDays, export: exported, exportTo, keepName } = options;
    const body = { reason, message, graceDays, export: exported, exportTo, keepName };
    return begun(context, await context.client.deprovision(tenantId, body, options), options);
  });
}

function days(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('Must be a whole number of days.');
  return Number(text);
}
