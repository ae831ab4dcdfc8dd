import { auditLine } from '../../../contract/audit/chain';
import { findHead } from '../../../registry/audit/heads';
import { lastSequence, readTrail } from '../../../registry/audit/trail';
import type { Queryable } from '../../../registry/database';
import { readEffectiveFlags } from '../../../registry/flags/flags';
import { listStanding } from '../../../registry/ledger/changes';
import { readConfiguration } from '../../../registry/tenants/configuration';
import type { Dependencies } from '../../dependencies';
import type { VolumeWriter } from './volume';

/** What {@link addFacts} takes. */
export interface FactsDependencies extends Pick<Dependencies, 'pool' | 'keys'> {
  keycloak: Pick<Dependencies['keycloak'], 'readMembers'>;
  billing: Pick<Dependencies['billing'], 'listInvoices'>;
}

/** Adds what is not in the tenant's database or bucket: configuration, people, audit trail and invoices. */
export async function addFacts(
  { pool, keys, keycloak, billing }: FactsDependencies,
  volume: VolumeWriter,
  { tenantId, signal }: { tenantId: string; signal: AbortSignal },
): Promise<void> {
  const configuration = await readConfiguration(pool, keys, tenantId);
  if (configuration?.configuration.flags)
    configuration.configuration.flags = await readEffectiveFlags(pool, keys, tenantId);
  await volume.addText('configuration.json', json(configuration ?? null));
  const { users, groups } = await keycloak.readMembers(tenantId, signal);
  await volume.addText('users.json', json(users));
  await volume.addText('groups.json', json(groups));
  await addTrail(pool, volume, tenantId);
  const account = (await listStanding(pool, tenantId)).find(({ kind }) => kind === 'billing-customer');
  const customerId = account?.externalId ?? undefined;
  const invoices = customerId === undefined ? [] : await billing.listInvoices({ customerId, tenantId, signal });
  await volume.addText('invoices.json', json(invoices));
}

/** The trail as the API exports it, up to now: entries, then the newest signed head that covers no later one. */
async function addTrail(pool: Queryable, volume: VolumeWriter, tenantId: string): Promise<void> {
  const head = await findHead(pool, tenantId);
  const until = await lastSequence(pool, tenantId);
  const lines = async function* (): AsyncGenerator<Buffer, void> {
    for await (const record of readTrail(pool, { tenantId, until })) yield Buffer.from(`${auditLine(record)}\n`);
    if (head) yield Buffer.from(`${auditLine(head)}\n`);
  };
  // A file's size must be known before its content, and entries never change, so the trail is read twice.
  let bytes = 0;
  for await (const line of lines()) bytes += line.length;
  await volume.add({ path: 'audit.jsonl', bytes, content: lines() });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
