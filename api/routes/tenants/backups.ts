import { randomUUID } from 'node:crypto';
import { backupIdOf, type BackupTask } from '../../../contract/backups/backups';
import {
  backupAcceptedSchema,
  backupPageSchema,
  backupSchema,
  restoreRequestSchema,
} from '../../../contract/schemas/tenants/backup-schema';
import { backupIdSchema } from '../../../contract/schemas/common';
import { listBackups, readBackup } from '../../../registry/views/backups';
import { discardBackup, requestBackup } from '../../../registry/backups/backups';
import { recordRestore, requestRestore } from '../../../registry/backups/restores';
import { findTenant } from '../../../registry/views/tenants';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { tenantsSeenBy } from '../../access/visibility';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';
import { noTenant, tenantParams, unconfirmed } from './tenants';

const backupParams = tenantParams.extend({ backupId: backupIdSchema });

/** `POST` and `GET /v1/tenants/{tenantId}/backups`, `GET …/backups/{backupId}` `POST …/backups/{backupId}:verify` and `:restore`. */
export function backupRoutes(dependencies: ApiDependencies): Route[] {
  const { pool } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/backups',
      operationId: 'startBackup',
      tag: 'Backups',
      summary: 'Back up a tenant’s database now',
      description:
        'In addition to the backups that the plan schedules, and kept for as long. Only one backup of a tenant runs at a time: while one is under way, another is refused.',
      access: ['operations:operate'],
      params: tenantParams,
      answers: {
        202: { description: 'Started.', schema: backupAcceptedSchema, headers: { Location: 'Path of the backup.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, principal }) => {
        const region = await requireActive(dependencies, tenantId);
        const backupId = backupIdOf(randomUUID());
        const request = { backupId, tenantId, region, reason: 'requested' as const, requestedBy: principal.id };
        if (!(await requestBackup(pool, request)))
          throw notNow('A backup of this tenant is under way: the newest of the list. Try again when it has ended.');
        await start(dependencies, { backupId, tenantId, region, action: 'make' });
        return accepted(tenantId, backupId);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/backups',
      operationId: 'listBackups',
      tag: 'Backups',
      summary: 'List a tenant’s backups, newest first',
      description:
        'Each entry says what the backup contains and whether it was restored. Failed and removed backups are listed too.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      query: pageQuery,
      answers: { 200: { description: 'A page of backups.', schema: backupPageSchema } },
      problems: [],
      handle: async ({ params: { tenantId }, query: { cursor, limit = DEFAULT_LIMIT }, principal }) => {
        if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
        return { status: 200, body: await listBackups(pool, tenantId, { after: cursor, limit }) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/backups/{backupId}',
      operationId: 'getBackup',
      tag: 'Backups',
      summary: 'Get a backup of a tenant',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: backupParams,
      answers: { 200: { description: 'The backup.', schema: backupSchema } },
      problems: [],
      handle: async ({ params: { tenantId, backupId }, principal }) => {
        if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
        const backup = await readBackup(pool, tenantId, backupId);
        if (!backup) throw noBackup();
        return { status: 200, body: backup };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/backups/{backupId}:verify',
      operationId: 'verifyBackup',
      tag: 'Backups',
      summary: 'Test that a backup can be restored',
      description:
        'Restores the backup into a hidden scratch tenant, compares rows and checksums, and removes the scratch tenant again. Follow `restoreTest` of the backup. While a test of the backup is under way, another request starts nothing.',
      access: ['operations:operate'],
      params: backupParams,
      answers: {
        202: { description: 'Started.', schema: backupAcceptedSchema, headers: { Location: 'Path of the backup.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId, backupId } }) => {
        const backup = await readBackup(pool, tenantId, backupId);
        if (!backup) throw noBackup();
        await requireActive(dependencies, tenantId);
        if (backup.state !== 'good') throw notNow(`The backup is ${backup.state}: only a good one can be restored.`);
        await start(dependencies, { backupId, tenantId, region: backup.region, action: 'test' });
        return accepted(tenantId, backupId);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/backups/{backupId}:restore',
      operationId: 'restoreBackup',
      tag: 'Backups',
      summary: 'Restore a tenant’s database from a backup',
      description:
        'Replaces the tenant’s current data completely or not at all; back it up first. The application waits in the meantime. `confirm` must repeat the tenant’s name. Follow `restore` of the backup.',
      access: ['operations:operate'],
      params: backupParams,
      body: restoreRequestSchema,
      answers: {
        202: { description: 'Started.', schema: backupAcceptedSchema, headers: { Location: 'Path of the backup.' } },
      },
      problems: ['state-conflict', 'legal-hold', 'temporal-unavailable'],
      handle: async ({ params: { tenantId, backupId }, body: { confirm }, principal }) => {
        const backup = await readBackup(pool, tenantId, backupId);
        if (!backup) throw noBackup();
        await requireActive(dependencies, tenantId, confirm);
        if (!(await requestRestore(pool, { backupId, requestedBy: principal.id })))
          throw notNow('Only a good backup can be restored, and only one per tenant at a time.');
        await start(dependencies, { backupId, tenantId, region: backup.region, action: 'restore' });
        return accepted(tenantId, backupId);
      },
    }),
  ];
}

/** The region of an active tenant. Throws a problem if `confirm`, which irreversible actions require, is not the tenant's name. */
async function requireActive({ pool }: ApiDependencies, tenantId: string, confirm?: string): Promise<string> {
  const tenant = await findTenant(pool, tenantId);
  if (!tenant) throw noTenant();
  const errors = confirm === undefined ? [] : unconfirmed(tenant, confirm);
  if (errors.length > 0) throw new ApiProblem('invalid-body', { detail: 'Nothing was restored.', errors });
  if (tenant.state !== 'active' || tenant.region === null)
    throw notNow(`The tenant is ${tenant.state}: only an active tenant can be backed up or restored.`);
  return tenant.region;
}

async function start({ pool, runs, logger }: ApiDependencies, task: BackupTask): Promise<void> {
  try {
    await runs.backUp(task);
  } catch (error) {
    const { backupId, action } = task;
    logger.warn({ backupId, action, cause: causeOf(error) }, 'the action on a backup could not be started');
    // The run may have started although the answer was lost. Then the backup is no longer discarded, or the run finds it gone and ends.
    if (action === 'make') await discardBackup(pool, backupId);
    if (action === 'restore') await recordRestore(pool, backupId, 'No worker has answered.');
    throw new ApiProblem('temporal-unavailable', {
      detail: 'Temporal did not answer, so the action may not have started. Try again in a moment.',
      headers: { 'retry-after': '5' },
    });
  }
}

function accepted(tenantId: string, backupId: string) {
  const location = `/v1/tenants/${tenantId}/backups/${backupId}`;
  return { status: 202, body: { tenantId, backupId }, headers: { location } };
}

function noBackup(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The tenant has no such backup.' });
}
