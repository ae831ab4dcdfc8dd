import { z } from 'zod';
import { BACKUP_REASONS, BACKUP_STATES, RESTORE_STATES } from '../backups';
import { backupIdSchema, pageOf, tenantIdSchema, timestamp } from './common';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The answer to a backup, or a restore test, that was asked for. */
export const backupAcceptedSchema = z
  .strictObject({ tenantId: tenantIdSchema, backupId: backupIdSchema })
  .meta({ id: 'BackupAccepted', description: 'It has begun; follow the backup.' });

/** Body of `POST …/backups/{backupId}:restore`. */
export const restoreRequestSchema = z
  .strictObject({
    confirm: z
      .string()
      .max(100)
      .meta({ description: 'The name of the tenant: what it has now is replaced.', example: 'acme-bikes' }),
  })
  .meta({ id: 'RestoreRequest', description: 'Puts a tenant’s database back to what a backup holds.' });

/** A backup in a tenant's view. */
export const backupSummarySchema = z
  .strictObject({ backupId: backupIdSchema, at: timestamp })
  .meta({ id: 'BackupSummary', description: 'Which backup, and when.' });

/** One backup of a tenant. */
export const backupSchema = z
  .strictObject({
    backupId: backupIdSchema,
    tenantId: tenantIdSchema,
    region: z
      .string()
      .meta({ description: 'Whose vault it lies in: always the tenant’s own region.', example: 'eu-central' }),
    reason: z.enum(BACKUP_REASONS),
    requestedBy: z.string().meta({ example: 'schedule' }),
    state: z.enum(BACKUP_STATES).meta({
      description:
        '`good`: complete and in the vault. `failed`: not to be used. `removed`: newer ones have taken its place; its key was destroyed.',
    }),
    requestedAt: timestamp,
    takenAt: timestamp.meta({ description: 'The moment whose data it holds.' }).optional(),
    endedAt: timestamp.optional(),
    parts: z.int().min(1).meta({ description: 'Objects it is made of.' }).optional(),
    bytes: z.int().min(0).meta({ description: 'As it lies in the vault, encrypted.' }).optional(),
    sha256: sha256.meta({ description: 'Over its parts as they lie in the vault, in their order.' }).optional(),
    isolation: z.enum(['pooled', 'schema', 'database']).optional(),
    schemaVersion: z.string().meta({ example: '0001' }).optional(),
    serverVersion: z.string().meta({ example: '18.1' }).optional(),
    tables: z
      .array(z.strictObject({ name: z.string(), rows: z.int().min(0), sha256 }))
      .meta({ description: 'Rows of each table and their checksum, as they were in the database.' })
      .optional(),
    problem: z.string().meta({ description: 'Why it failed.' }).optional(),
    restoreTest: z
      .strictObject({
        state: z.enum(RESTORE_STATES),
        begunAt: timestamp.optional(),
        restoredAt: timestamp.meta({ description: 'When it was last restored well.' }).optional(),
        problem: z.string().meta({ description: 'What did not hold the last time.' }).optional(),
      })
      .meta({ description: 'The newest restore into a scratch tenant; absent while nobody has tried.' })
      .optional(),
    restore: z
      .strictObject({
        state: z.enum(RESTORE_STATES),
        requestedBy: z.string().meta({ example: 'token:operator' }),
        begunAt: timestamp,
        endedAt: timestamp.optional(),
        problem: z.string().meta({ description: 'Why the tenant was left as it was.' }).optional(),
      })
      .meta({ description: 'The newest time the tenant itself was put back to it.' })
      .optional(),
  })
  .meta({ id: 'Backup', description: 'What a tenant’s database held at a moment, encrypted, in its region.' });

/** A page of backups. */
export const backupPageSchema = pageOf(backupSchema, 'BackupPage');

/** A backup. */
export type Backup = z.infer<typeof backupSchema>;

/** Which backup, and when. */
export type BackupSummary = z.infer<typeof backupSummarySchema>;
