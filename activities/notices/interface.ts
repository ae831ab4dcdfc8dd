import type { MailRound } from '../../contract/maintenance/mail-delivery';

/** The activity of the workflow `deliverMail`. */
export interface MailActivities {
  /** Sends the mail whose earlier attempts failed and which is due again. */
  deliverDueMail(): Promise<MailRound>;
}
