import type { OperationStatus } from '../operations/states';
import { CUSTOMER_RECIPIENTS, type ProgressNotice, type TenantNotice } from './customer-mail';

/** The workflow type that retries mail whose earlier attempts failed. */
export const DELIVER_MAIL = 'deliverMail';

/** Id of the Temporal Schedule that starts delivery rounds, and prefix of their workflow ids. */
export const MAIL_SCHEDULE_ID = 'deliver-mail';

/** Time limit of a delivery round, in seconds. */
export const MAIL_ROUND_SECONDS = 900;

/** Days for which the delivery of a mail is tried. */
export const MAIL_DAYS = 14;

/** Recipients of mail, by role. */
export const MAIL_RECIPIENTS = [...CUSTOMER_RECIPIENTS, 'approver', 'operator'] as const;

/** One of {@link MAIL_RECIPIENTS}. */
export type MailRecipient = (typeof MAIL_RECIPIENTS)[number];

/** Subject of a mail. In a mail to operators about an operation it is the status that the mail reports. */
export type MailPurpose =
  | 'welcome'
  | 'approval'
  | 'approval-reminder'
  | 'not-set-up'
  | 'quota'
  | 'audit'
  | 'webhook'
  | 'billing'
  | TenantNotice
  | ProgressNotice
  | OperationStatus;

/**
 * States of a mail. `refused`: the recipient's server rejects it permanently. `expired`: {@link MAIL_DAYS} have passed. `obsolete`: it is
 * no longer needed. `unrecorded`: it was sent by a version that kept no record.
 */
export type MailState = 'pending' | 'sent' | 'refused' | 'expired' | 'obsolete' | 'unrecorded';

/** States of a mail that is still needed and has not been delivered. */
export const UNDELIVERED_STATES = ['pending', 'refused', 'expired'] as const;

/** One of {@link UNDELIVERED_STATES}. */
export type UndeliveredState = (typeof UNDELIVERED_STATES)[number];

/** States of the hand-over of an active tenant's first credentials. */
export const HANDOVER_STATES = ['pending', 'sent', 'claimed', 'lapsed', 'refused', 'expired', 'unrecorded'] as const;

/** How many mails a delivery round sent, and how many failed again. */
export interface MailRound {
  sent: number;
  failed: number;
}
