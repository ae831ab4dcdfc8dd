import { z } from 'zod';
import { SCAN_STATES, SEVERITIES } from '../scans';
import { tenantIdSchema, timestamp } from './common';

/** A scan's random id. */
export const scanIdSchema = z
  .string()
  .regex(/^sc_[0-9a-f]{32}$/)
  .meta({ description: 'Random id of the scan.', example: 'sc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' });

const token = z.string().min(20).max(200).meta({ description: 'What the scanner was given to report with.' });

const finding = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/)
      .max(100)
      .meta({ description: 'Stable name of what was looked for.', example: 's3.all-users' }),
    claim: z.string().min(1).max(300).meta({ description: 'What should hold, as a sentence.' }),
    severity: z.enum(SEVERITIES).meta({ description: '`info`: it holds.' }),
    seen: z.string().min(1).max(1000).meta({ description: 'What was seen; no secrets, nobody’s name.' }),
  })
  .meta({ id: 'ScanFinding', description: 'What a scanner says of one thing it looked at.' });

/** The body of `POST /v1/scans/{scanId}:report`. */
export const scanReportSchema = z
  .strictObject({
    token,
    scanner: z
      .string()
      .regex(/^[\x20-\x7e]{1,100}$/)
      .meta({ description: 'Which scanner in which version.', example: 's3scanner 2.0.2' }),
    findings: z.array(finding).max(200),
    failure: z
      .string()
      .min(1)
      .max(500)
      .meta({ description: 'Why it could not look; there are no findings then.' })
      .optional(),
  })
  .refine(({ failure, findings }) => (failure === undefined) === findings.length > 0, {
    path: ['findings'],
    message: 'Say what was looked at, also where all is well; or why nothing was, as failure.',
  })
  .meta({ id: 'ScanReport', description: 'What a scanner has found.' });

/** The body of `POST /v1/scans/{scanId}:heartbeat`. */
export const scanHeartbeatSchema = z
  .strictObject({ token })
  .meta({ id: 'ScanHeartbeat', description: 'The scanner is still at work.' });

/** Answer to a scan that was asked for. */
export const scanningSchema = z
  .strictObject({ tenantId: tenantIdSchema, status: z.literal('scanning') })
  .meta({ id: 'Scanning', description: 'A scan begins; what it finds becomes evidence of the tenant.' });

const scan = z
  .strictObject({
    scanId: scanIdSchema,
    scanner: z.string(),
    requestedBy: z.string().meta({ example: 'schedule' }),
    state: z
      .enum(SCAN_STATES)
      .meta({ description: '`not_run`: there is no scanner, which does not mean that all is well.' }),
    outcome: z.string().meta({ description: 'Why it did not run or failed.' }).optional(),
    startedAt: timestamp,
    endedAt: timestamp.optional(),
  })
  .meta({ id: 'Scan', description: 'A scan of what was made for a tenant.' });

/** The newest scans of a tenant. */
export const scansSchema = z
  .strictObject({ items: z.array(scan) })
  .meta({ id: 'Scans', description: 'The newest twenty, newest first. What they found is in the evidence.' });
