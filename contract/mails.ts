import type { OperationStatus } from './states';

/** The workflow type that sends the mail whose earlier attempts failed. */
export const DELIVER_MAIL = 'deliverMail';

/** Id of the Temporal Schedule of such rounds, and what the ids of their workflows begin with. */
export const MAIL_SCHEDULE_ID = 'deliver-mail';

/** Longest a round may take, in seconds. */
export const MAIL_ROUND_SECONDS = 900;

/** Days during which delivery is tried. */
export const MAIL_DAYS = 14;

/** Whom a mail is for. */
export const MAIL_RECIPIENTS = ['first-admin', 'approver', 'operator'] as const;

/** One of {@link MAIL_RECIPIENTS}. */
export type MailRecipient = (typeof MAIL_RECIPIENTS)[number];

/** What a mail is about; to operators it is the status they are told of. */
export type MailPurpose =
  'welcome' | 'approval' | 'approval-reminder' | 'not-set-up' | 'quota' | 'audit' | OperationStatus;

/** How a mail stands. `refused`: the recipient's server will never take it. `expired`: {@link MAIL_DAYS} have passed. `obsolete`: no longer needed. */
export type MailState = 'pending' | 'sent' | 'refused' | 'expired' | 'obsolete' | 'unrecorded';

/** States of a mail that somebody still waits for. */
export const UNDELIVERED_STATES = ['pending', 'refused', 'expired'] as const;

/** One of {@link UNDELIVERED_STATES}. */
export type UndeliveredState = (typeof UNDELIVERED_STATES)[number];

/** How the hand-over of an active tenant's first credentials stands. */
export const HANDOVER_STATES = ['pending', 'sent', 'claimed', 'lapsed', 'refused', 'expired', 'unrecorded'] as const;

/** What a round of deliveries came to. */
export interface MailRound {
  sent: number;
  failed: number;
}
