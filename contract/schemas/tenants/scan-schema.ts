import { z } from 'zod';
import { SCAN_STATES, SEVERITIES } from '../../maintenance/scans';
import { tenantIdSchema, timestamp } from '../common';

/** A scan's random id. */
export const scanIdSchema = z
  .string()
  .regex(/^sc_[0-9a-f]{32}$/)
  .meta({ description: 'Random id of the scan.', example: 'sc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60' });

const token = z.string().min(20).max(200).meta({ description: 'The token that the scanner was given for its report.' });

const finding = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/)
      .max(100)
      .meta({ description: 'Stable name of the check.', example: 's3.all-users' }),
    claim: z.string().min(1).max(300).meta({ description: 'What should hold, as a sentence.' }),
    severity: z.enum(SEVERITIES).meta({ description: '`info`: the claim holds.' }),
    seen: z.string().min(1).max(1000).meta({ description: 'What the scanner saw; no secrets and no names of people.' }),
  })
  .meta({ id: 'ScanFinding', description: 'A scanner’s result for one thing it checked.' });

/** The body of `POST /v1/scans/{scanId}:report`. */
export const scanReportSchema = z
  .strictObject({
    token,
    scanner: z
      .string()
      .regex(/^[\x20-\x7e]{1,100}$/)
      .meta({ description: 'Name and version of the scanner.', example: 's3scanner 2.0.2' }),
    findings: z.array(finding).max(200),
    failure: z
      .string()
      .min(1)
      .max(500)
      .meta({ description: 'Why the scanner could not check anything. There are no findings then.' })
      .optional(),
  })
  .refine(({ failure, findings }) => (failure === undefined) === findings.length > 0, {
    path: ['findings'],
    message: 'Must list every check, including those that passed; or be empty, with the reason in failure.',
  })
  .meta({ id: 'ScanReport', description: 'The report of a scanner.' });

/** The body of `POST /v1/scans/{scanId}:heartbeat`. */
export const scanHeartbeatSchema = z
  .strictObject({ token })
  .meta({ id: 'ScanHeartbeat', description: 'Shows that the scanner is still running.' });

/** The response to a request for a scan. */
export const scanningSchema = z
  .strictObject({ tenantId: tenantIdSchema, status: z.literal('scanning') })
  .meta({ id: 'Scanning', description: 'The scan begins. Its findings become part of the tenant’s evidence.' });

const scan = z
  .strictObject({
    scanId: scanIdSchema,
    scanner: z.string(),
    requestedBy: z.string().meta({ example: 'schedule' }),
    state: z
      .enum(SCAN_STATES)
      .meta({ description: '`not_run`: no scanner is installed, so the absence of findings means nothing.' }),
    outcome: z.string().meta({ description: 'Why the scan did not run or failed.' }).optional(),
    startedAt: timestamp,
    endedAt: timestamp.optional(),
  })
  .meta({ id: 'Scan', description: 'A scan of the resources of a tenant.' });

/** The newest scans of a tenant. */
export const scansSchema = z
  .strictObject({ items: z.array(scan) })
  .meta({ id: 'Scans', description: 'The newest twenty scans, newest first. Their findings are in the evidence.' });
