import { z } from 'zod';
import { EXPORT_DAYS, EXPORT_STATES } from '../../exports/archive';
import { operationIdSchema, tenantIdSchema, timestamp } from '../common';

const count = z.int().min(0);

/** The export of a tenant. */
export const exportSchema = z
  .strictObject({
    tenantId: tenantIdSchema,
    operationId: operationIdSchema.meta({ description: 'The removal that the export is part of.' }),
    region: z.string().meta({ description: 'The region whose vault holds it, always the tenant’s own.' }),
    state: z.enum(EXPORT_STATES).meta({
      description:
        '`running`: volumes are being written. `ready`: complete and verified. `removing`, `removed`: deleted.',
    }),
    format: z.int().meta({ description: 'Version of the archive’s format; docs/export.md describes it.' }),
    recipient: z.string().meta({ description: 'The age recipient that can decrypt it.' }),
    key: z.enum(['customer', 'one-time-link']).meta({
      description: 'Who has the key: the customer, or the bearer of the link that was mailed to the first admin.',
    }),
    keyClaimedAt: timestamp.meta({ description: 'When the link was used. The product then has no key.' }).optional(),
    volumes: z.array(
      z.strictObject({
        number: z.int().min(1),
        name: z.string(),
        bytes: count.meta({ description: 'Encrypted size.' }),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .meta({ description: 'Checksum of the encrypted file.' }),
        entries: count,
        tables: count,
        rows: count,
        objects: count,
        objectBytes: count,
      }),
    ),
    begunAt: timestamp,
    readyAt: timestamp.optional(),
    expiresAt: timestamp
      .meta({
        description: `When the archive is deleted: ${EXPORT_DAYS} days after the tenant is gone. Absent until then.`,
      })
      .optional(),
  })
  .meta({ id: 'TenantExport', description: 'Everything that a tenant has, as an encrypted archive.' });

/** The secret key of an export. */
export const exportKeySchema = z
  .strictObject({
    identity: z.string().meta({ description: 'The age identity, for a file that `age --identity` reads.' }),
    recipient: z.string().meta({ description: 'The age recipient that it belongs to.' }),
  })
  .meta({ id: 'ExportKey', description: 'The key that decrypts an export. It is not shown again.' });
