import { randomUUID } from 'node:crypto';
import { backupIdOf, type BackupTask } from '../../contract/backups';
import {
  backupAcceptedSchema,
  backupPageSchema,
  backupSchema,
  restoreRequestSchema,
} from '../../contract/schemas/backup-schema';
import { backupIdSchema } from '../../contract/schemas/common';
import { listBackups, readBackup } from '../../registry/backup-views';
import { discardBackup, requestBackup } from '../../registry/backups';
import { recordRestore, requestRestore } from '../../registry/restores';
import { findTenant } from '../../registry/tenant-views';
import type { ApiDependencies } from '../dependencies';
import { causeOf } from '../log';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';
import { tenantsSeenBy } from '../visibility';
import { DEFAULT_LIMIT, pageQuery } from './list-query';
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
        'Besides those of the plan’s schedule, and kept like them. One at a time: while one is under way another is refused.',
      access: ['operations:operate'],
      params: tenantParams,
      answers: {
        202: { description: 'Begun.', schema: backupAcceptedSchema, headers: { Location: 'The backup.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId }, principal }) => {
        const region = await requireActive(dependencies, tenantId);
        const backupId = backupIdOf(randomUUID());
        const request = { backupId, tenantId, region, reason: 'requested' as const, requestedBy: principal.id };
        if (!(await requestBackup(pool, request)))
          throw conflict('A backup of this tenant is under way: the newest of the list. Ask again when it has ended.');
        await begin(dependencies, { backupId, tenantId, region, deed: 'make' });
        return accepted(tenantId, backupId);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/backups',
      operationId: 'listBackups',
      tag: 'Backups',
      summary: 'List a tenant’s backups, newest first',
      description: 'With what is in each, and whether it was restored. Also those that failed or were removed.',
      access: ['tenants:read', 'tenants:order', 'operations:operate'],
      params: tenantParams,
      query: pageQuery,
      answers: { 200: { description: 'A page.', schema: backupPageSchema } },
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
      summary: 'One backup of a tenant',
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
        'Restores it into a scratch tenant that nobody sees, compares rows and checksums, and leaves nothing. Follow `restoreTest` of the backup. While the same is under way nothing more is begun.',
      access: ['operations:operate'],
      params: backupParams,
      answers: {
        202: { description: 'Begun.', schema: backupAcceptedSchema, headers: { Location: 'The backup.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId, backupId } }) => {
        const backup = await readBackup(pool, tenantId, backupId);
        if (!backup) throw noBackup();
        await requireActive(dependencies, tenantId);
        if (backup.state !== 'good') throw conflict(`The backup is ${backup.state}: only a good one can be restored.`);
        await begin(dependencies, { backupId, tenantId, region: backup.region, deed: 'test' });
        return accepted(tenantId, backupId);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/tenants/{tenantId}/backups/{backupId}:restore',
      operationId: 'restoreBackup',
      tag: 'Backups',
      summary: 'Put a tenant’s database back to a backup',
      description:
        'What the tenant has now is replaced, whole or not at all; make a backup of it first. The application waits meanwhile. `confirm` names the tenant once more. Follow `restore` of the backup.',
      access: ['operations:operate'],
      params: backupParams,
      body: restoreRequestSchema,
      answers: {
        202: { description: 'Begun.', schema: backupAcceptedSchema, headers: { Location: 'The backup.' } },
      },
      problems: ['state-conflict', 'temporal-unavailable'],
      handle: async ({ params: { tenantId, backupId }, body: { confirm }, principal }) => {
        const backup = await readBackup(pool, tenantId, backupId);
        if (!backup) throw noBackup();
        await requireActive(dependencies, tenantId, confirm);
        if (!(await requestRestore(pool, { backupId, requestedBy: principal.id })))
          throw conflict('Only a good backup can be restored, and only one of a tenant at a time.');
        await begin(dependencies, { backupId, tenantId, region: backup.region, deed: 'restore' });
        return accepted(tenantId, backupId);
      },
    }),
  ];
}

/** The region of an active tenant. What cannot be taken back names the tenant once more, in `confirm`. */
async function requireActive({ pool }: ApiDependencies, tenantId: string, confirm?: string): Promise<string> {
  const tenant = await findTenant(pool, tenantId);
  if (!tenant) throw noTenant();
  const errors = confirm === undefined ? [] : unconfirmed(tenant, confirm);
  if (errors.length > 0) throw new ApiProblem('invalid-body', { detail: 'Nothing was restored.', errors });
  if (tenant.status !== 'active' || tenant.region === null)
    throw conflict(`The tenant is ${tenant.status}: only an active one is backed up.`);
  return tenant.region;
}

async function begin({ pool, runs, logger }: ApiDependencies, task: BackupTask): Promise<void> {
  try {
    await runs.backUp(task);
  } catch (error) {
    const { backupId, deed } = task;
    logger.warn({ backupId, deed, cause: causeOf(error) }, 'a backup could not be begun');
    // One that was not answered may have begun all the same; then there is nothing left to discard, or it finds nothing and ends.
    if (deed === 'make') await discardBackup(pool, backupId);
    if (deed === 'restore') await recordRestore(pool, backupId, 'No worker has answered.');
    throw new ApiProblem('temporal-unavailable', {
      detail: 'Nothing is known to have begun. Ask again in a moment.',
      headers: { 'retry-after': '5' },
    });
  }
}

function accepted(tenantId: string, backupId: string) {
  const location = `/v1/tenants/${tenantId}/backups/${backupId}`;
  return { status: 202, body: { tenantId, backupId }, headers: { location } };
}

function conflict(detail: string): ApiProblem {
  return new ApiProblem('state-conflict', { detail, allowed: [] });
}

function noBackup(): ApiProblem {
  return new ApiProblem('not-found', { detail: 'The tenant has no such backup.' });
}
