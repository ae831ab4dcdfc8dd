import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { loadTemplates } from '../../../templates/load';
import type { DunningTemplate } from '../../../templates/billing-template';
import type { ProvisioningTemplate } from '../../../templates/template';
import type { TestRegistry } from '../registry';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { activate } from './trials';
import { order } from '../api';

/** An active tenant with a billing account at Stripe. */
export interface BilledTenant {
  tenantId: string;
  operationId: string;
  customerId: string;
  subscriptionId: string;
}

/** Writes down an active tenant whose ledger names this account, with this dunning. */
export async function billedTenant(
  registry: TestRegistry,
  {
    customerId = `cus_${randomBytes(8).toString('hex')}`,
    subscriptionId = `sub_${randomBytes(8).toString('hex')}`,
    prices = ['plan-starter-monthly'],
    dunning,
  }: { customerId?: string; subscriptionId?: string; prices?: string[]; dunning?: DunningTemplate } = {},
): Promise<BilledTenant> {
  const { pool, keys } = registry;
  const template = loadTemplates('templates').get('starter');
  const billing: ProvisioningTemplate['billing'] = { ...template.billing, dunning };
  const accepted = await acceptOrder(pool, keys, {
    caller: 'token:signup',
    requestHash: randomBytes(32),
    order: order(),
    template: { ...template, billing },
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  const { tenantId, operationId } = accepted;
  await activate(registry, operationId);
  await inLedger(pool, { tenantId, operationId, kind: 'billing-customer', externalId: customerId, facts: {} });
  await inLedger(pool, {
    tenantId,
    operationId,
    kind: 'billing-subscription',
    externalId: subscriptionId,
    facts: { prices },
  });
  return { tenantId, operationId, customerId, subscriptionId };
}

async function inLedger(
  pool: pg.Pool,
  row: { tenantId: string; operationId: string; kind: string; externalId: string; facts: object },
): Promise<void> {
  await pool.query(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state, facts)
     values ($1, $2, 'integrations', $3, 'stripe', 'global', $4, $5, 'present', $6)`,
    [row.tenantId, row.operationId, row.kind, `t-${row.tenantId}`, row.externalId, row.facts],
  );
}
