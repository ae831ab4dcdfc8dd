import { AUDIT_EXPORT_SECONDS, AUDIT_SCHEDULE_ID, EXPORT_AUDIT_HEADS } from '../contract/audit/export';
import { BACKUPS, BACKUPS_SCHEDULE_ID, BACKUPS_SECONDS, BACKUPS_WORKFLOW_ID } from '../contract/backups/backups';
import { COMPARE_BILLING, COMPARE_BILLING_SCHEDULE_ID, COMPARE_BILLING_SECONDS } from '../contract/billing/comparison';
import { CHECK_DOMAINS, CHECK_DOMAINS_SCHEDULE_ID, CHECK_DOMAINS_SECONDS } from '../contract/identity/domain-checks';
import { DELIVER_MAIL, MAIL_ROUND_SECONDS, MAIL_SCHEDULE_ID } from '../contract/maintenance/mail-delivery';
import { SCAN_DEADLINE_SECONDS, SCAN_DUE, SCAN_SCHEDULE_ID } from '../contract/maintenance/scans';
import {
  STORAGE_UPKEEP,
  STORAGE_UPKEEP_SCHEDULE_ID,
  STORAGE_UPKEEP_SECONDS,
} from '../contract/maintenance/storage-upkeep';
import {
  SCHEDULED,
  SWEEP,
  SWEEP_SCHEDULE_ID,
  SWEEP_SECONDS,
  SWEEP_WORKFLOW_ID,
  type SweepInput,
} from '../contract/maintenance/sweeps';
import { SEND_USAGE, SEND_USAGE_SCHEDULE_ID, SEND_USAGE_SECONDS } from '../contract/usage/billing';
import { ensureInterval, type Repeated, type Scheduler } from './ensure-interval';

const SWEEP_INPUT: SweepInput = { requestedBy: SCHEDULED, dryRun: false };

/** The workflows that Temporal starts at an interval. */
export const SCHEDULES = {
  sweeps: {
    scheduleId: SWEEP_SCHEDULE_ID,
    workflowType: SWEEP,
    workflowId: SWEEP_WORKFLOW_ID,
    args: [SWEEP_INPUT],
    seconds: SWEEP_SECONDS,
    summary: 'Sweep',
  },
  backups: {
    scheduleId: BACKUPS_SCHEDULE_ID,
    workflowType: BACKUPS,
    workflowId: BACKUPS_WORKFLOW_ID,
    args: [],
    seconds: BACKUPS_SECONDS,
    summary: 'Backups that are due',
  },
  scans: {
    scheduleId: SCAN_SCHEDULE_ID,
    workflowType: SCAN_DUE,
    workflowId: SCAN_SCHEDULE_ID,
    args: [],
    seconds: 4 * SCAN_DEADLINE_SECONDS,
    summary: 'Scans that are due',
  },
  'storage upkeep': {
    scheduleId: STORAGE_UPKEEP_SCHEDULE_ID,
    workflowType: STORAGE_UPKEEP,
    workflowId: STORAGE_UPKEEP_SCHEDULE_ID,
    args: [],
    seconds: STORAGE_UPKEEP_SECONDS,
    summary: 'Retention and quotas',
  },
  'audit heads': {
    scheduleId: AUDIT_SCHEDULE_ID,
    workflowType: EXPORT_AUDIT_HEADS,
    workflowId: AUDIT_SCHEDULE_ID,
    args: [],
    seconds: AUDIT_EXPORT_SECONDS,
    summary: 'Export audit heads',
  },
  mail: {
    scheduleId: MAIL_SCHEDULE_ID,
    workflowType: DELIVER_MAIL,
    workflowId: MAIL_SCHEDULE_ID,
    args: [],
    seconds: MAIL_ROUND_SECONDS,
    summary: 'Deliver mail',
  },
  usage: {
    scheduleId: SEND_USAGE_SCHEDULE_ID,
    workflowType: SEND_USAGE,
    workflowId: SEND_USAGE_SCHEDULE_ID,
    args: [],
    seconds: SEND_USAGE_SECONDS,
    summary: 'Send usage',
  },
  domains: {
    scheduleId: CHECK_DOMAINS_SCHEDULE_ID,
    workflowType: CHECK_DOMAINS,
    workflowId: CHECK_DOMAINS_SCHEDULE_ID,
    args: [],
    seconds: CHECK_DOMAINS_SECONDS,
    summary: 'Proofs of domains',
  },
  billing: {
    scheduleId: COMPARE_BILLING_SCHEDULE_ID,
    workflowType: COMPARE_BILLING,
    workflowId: COMPARE_BILLING_SCHEDULE_ID,
    args: [],
    seconds: COMPARE_BILLING_SECONDS,
    summary: 'Compare billing',
  },
} satisfies Record<string, Omit<Repeated, 'minutes'>>;

/** A name in {@link SCHEDULES}. */
export type ScheduleName = keyof typeof SCHEDULES;

/** The names of all schedules. */
export const SCHEDULE_NAMES = Object.keys(SCHEDULES) as ScheduleName[];

/** Makes sure that Temporal starts this workflow every so many minutes, or never if `minutes` is 0. */
export async function ensureSchedule(client: Scheduler, name: ScheduleName, minutes: number): Promise<void> {
  await ensureInterval(client, { ...SCHEDULES[name], minutes });
}
