import { z } from 'zod';
import { BACKUP_REASONS, BACKUP_STATES, RESTORE_STATES } from '../../backups/backups';
import { backupIdSchema, pageOf, tenantIdSchema, timestamp } from '../common';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The response to a request for a backup, a restore test or a restore. */
export const backupAcceptedSchema = z
  .strictObject({ tenantId: tenantIdSchema, backupId: backupIdSchema })
  .meta({ id: 'BackupAccepted', description: 'The work has begun; follow it on the backup.' });

/** Body of `POST …/backups/{backupId}:restore`. */
export const restoreRequestSchema = z
  .strictObject({
    confirm: z
      .string()
      .max(100)
      .meta({ description: 'The tenant’s name, to confirm that its present data is replaced.', example: 'acme-bikes' }),
  })
  .meta({ id: 'RestoreRequest', description: 'Replaces the content of a tenant’s database by that of a backup.' });

/** A backup in a tenant's view. */
export const backupSummarySchema = z
  .strictObject({ backupId: backupIdSchema, at: timestamp })
  .meta({ id: 'BackupSummary', description: 'A backup and its time.' });

/** One backup of a tenant. */
export const backupSchema = z
  .strictObject({
    backupId: backupIdSchema,
    tenantId: tenantIdSchema,
    region: z
      .string()
      .meta({ description: 'The region whose vault holds it, always the tenant’s own.', example: 'eu-central' }),
    reason: z.enum(BACKUP_REASONS),
    requestedBy: z.string().meta({ example: 'schedule' }),
    state: z.enum(BACKUP_STATES).meta({
      description:
        '`good`: complete and in the vault. `failed`: unusable. `removed`: replaced by newer backups, and its key destroyed.',
    }),
    requestedAt: timestamp,
    takenAt: timestamp.meta({ description: 'The moment at which the data was as the backup holds it.' }).optional(),
    endedAt: timestamp.optional(),
    parts: z.int().min(1).meta({ description: 'Number of objects in the vault that make up the backup.' }).optional(),
    bytes: z.int().min(0).meta({ description: 'Encrypted size in the vault.' }).optional(),
    sha256: sha256.meta({ description: 'Checksum over the encrypted parts in their order.' }).optional(),
    isolation: z.enum(['pooled', 'schema', 'database']).optional(),
    schemaVersion: z.string().meta({ example: '0001' }).optional(),
    serverVersion: z.string().meta({ example: '18.1' }).optional(),
    tables: z
      .array(z.strictObject({ name: z.string(), rows: z.int().min(0), sha256 }))
      .meta({ description: 'Number of rows of each table and their checksum, as they were in the database.' })
      .optional(),
    problem: z.string().meta({ description: 'Why the backup failed.' }).optional(),
    restoreTest: z
      .strictObject({
        state: z.enum(RESTORE_STATES),
        begunAt: timestamp.optional(),
        restoredAt: timestamp.meta({ description: 'When the backup was last restored successfully.' }).optional(),
        problem: z.string().meta({ description: 'Why the last restore test failed.' }).optional(),
      })
      .meta({ description: 'The newest restore into a scratch tenant; absent before the first one.' })
      .optional(),
    restore: z
      .strictObject({
        state: z.enum(RESTORE_STATES),
        requestedBy: z.string().meta({ example: 'token:operator' }),
        begunAt: timestamp,
        endedAt: timestamp.optional(),
        problem: z.string().meta({ description: 'Why the tenant was left as it was.' }).optional(),
      })
      .meta({ description: 'The newest restore of the tenant itself from this backup.' })
      .optional(),
  })
  .meta({ id: 'Backup', description: 'The content of a tenant’s database at one moment, encrypted, in its region.' });

/** A page of backups. */
export const backupPageSchema = pageOf(backupSchema, 'BackupPage');

/** A backup. */
export type Backup = z.infer<typeof backupSchema>;

/** A backup and its time. */
export type BackupSummary = z.infer<typeof backupSummarySchema>;
