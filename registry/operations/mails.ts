import { PROGRESS_NOTICES } from '../../contract/maintenance/customer-mail';
import {
  MAIL_DAYS,
  type MailPurpose,
  type MailRecipient,
  type MailState,
  type UndeliveredState,
} from '../../contract/maintenance/mail-delivery';
import { maybeOne, type Queryable } from '../database';

/** A mail to one person, by reference: address and content are read when it is sent. */
export interface Letter {
  /** Local part of its `Message-ID`. */
  mailId: string;
  purpose: MailPurpose;
  recipient: MailRecipient;
  /** Position of an operator or approver in the configured list. */
  position?: number;
  operationId?: string;
  /** What the mail is composed from in addition to the registry; no personal data. */
  detail?: Record<string, unknown>;
  /** Purposes whose earlier mail to the same person becomes obsolete with this one. */
  replaces?: readonly MailPurpose[];
}

/** A mail that is being delivered. */
export interface TakenMail extends Required<Pick<Letter, 'mailId' | 'purpose' | 'recipient' | 'position'>> {
  operationId: string | null;
  detail: Record<string, unknown>;
  attempts: number;
  createdAt: Date;
}

/** A mail that has not reached its recipient. */
export interface UndeliveredMail {
  operationId: string;
  purpose: MailPurpose;
  recipient: MailRecipient;
  state: UndeliveredState;
  since: Date;
  attempts: number;
  problem: string | null;
}

/**
 * Seconds before another process may try the same mail. A delivery is abandoned after 30 s, and the registry takes at most 20 s to record how
 * it ended.
 */
const LEASE_SECONDS = 60;

/** Seconds before the second attempt, and the most between any two attempts. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 300;

/** Days for which a settled mail that belongs to no operation is kept. */
const REMEMBERED_DAYS = 30;

/** SQL condition on `mail`: given up, or still pending after a failed attempt or for longer than a first attempt takes. */
export const IS_UNDELIVERED = `(mail.state in ('refused', 'expired')
  or (mail.state = 'pending' and (mail.problem is not null or mail.created_at < now() - interval '2 minutes')))`;

/** Records mail to be sent. A mail that is already recorded stays as it is. */
export async function enqueueMails(db: Queryable, letters: readonly Letter[]): Promise<void> {
  for (const letter of letters) {
    const { mailId, purpose, recipient, position = 0, operationId, detail = {}, replaces = [] } = letter;
    await db.query(
      `with added as (
         insert into mail (mail_id, purpose, recipient, position, operation_id, detail) values ($1, $2, $3, $4, $5, $6)
         on conflict (mail_id) do nothing returning mail_id
       )
       update mail set state = 'obsolete', settled_at = now() from added
       where mail.operation_id = $5 and mail.recipient = $3 and mail.position = $4 and mail.purpose = any($7)
         and mail.state in ('pending', 'refused', 'expired') and mail.mail_id <> $1`,
      [mailId, purpose, recipient, position, operationId ?? null, JSON.stringify(detail), replaces],
    );
  }
}

/**
 * Takes a mail for one delivery attempt: the next one due, or any of `mailIds` whether due or not. Of several processes, one gets it. Mail
 * about progress waits for earlier mail to the same person about the same operation; no other mail waits.
 */
export async function takeMail(db: Queryable, mailIds?: readonly string[]): Promise<TakenMail | undefined> {
  return maybeOne<TakenMail>(
    db,
    `update mail set attempts = attempts + 1, leased_until = now() + make_interval(secs => $2)
     where mail_id = (
       select mail_id from mail
       where state = 'pending' and coalesce(leased_until, '-infinity') < now()
         and case when $1::text[] is null then next_try_at <= now() else mail_id = any($1) end
         and (purpose <> all($3) or not exists (
           select from mail earlier where earlier.operation_id = mail.operation_id and earlier.recipient = mail.recipient
             and earlier.state = 'pending' and earlier.stored < mail.stored))
       order by next_try_at, stored limit 1 for update skip locked)
     returning mail_id as "mailId", purpose, recipient, position, operation_id as "operationId", detail, attempts,
       created_at as "createdAt"`,
    [mailIds ?? null, LEASE_SECONDS, PROGRESS_NOTICES],
  );
}

/** Ids of the mail about progress that was stored before this mail for the same person and operation, and waits to be sent. */
export async function listProgressBefore(db: Queryable, mailId: string): Promise<string[]> {
  const { rows } = await db.query<{ mailId: string }>(
    `select earlier.mail_id as "mailId" from mail join mail earlier using (operation_id, recipient)
     where mail.mail_id = $1 and earlier.state = 'pending' and earlier.stored < mail.stored and earlier.purpose = any($2)
     order by earlier.stored`,
    [mailId, PROGRESS_NOTICES],
  );
  return rows.map((row) => row.mailId);
}

/** Records how the delivery of a mail ended. */
export async function settleMail(
  db: Queryable,
  mailId: string,
  state: Exclude<MailState, 'pending' | 'unrecorded'>,
  problem?: string,
): Promise<void> {
  await db.query(
    `update mail set state = $2, problem = $3, leased_until = null, settled_at = now() where mail_id = $1 and state = 'pending'`,
    [mailId, state, problem ?? null],
  );
}

/** Records a failed attempt and when the next one is due. A mail older than {@link MAIL_DAYS} expires instead. */
export async function postponeMail(db: Queryable, mailId: string, problem: string): Promise<void> {
  await db.query(
    `update mail set problem = $2, leased_until = null,
       next_try_at = now() + make_interval(secs => least($3 * 2 ^ least(attempts - 1, 20), $4)),
       state = case when created_at < now() - make_interval(days => $5) then 'expired' else state end,
       settled_at = case when created_at < now() - make_interval(days => $5) then now() end
     where mail_id = $1 and state = 'pending'`,
    [mailId, problem, FIRST_PAUSE, LONGEST_PAUSE, MAIL_DAYS],
  );
}

/** Those of these mails that are still to be sent. */
export async function listPending(db: Queryable, mailIds: readonly string[]): Promise<{ problem: string | null }[]> {
  const { rows } = await db.query<{ problem: string | null }>(
    `select problem from mail where mail_id = any($1) and state = 'pending' order by position`,
    [mailIds],
  );
  return rows;
}

/** How the delivery of a mail stands; undefined if it was never recorded. */
export async function findMail(
  db: Queryable,
  mailId: string,
): Promise<{ state: MailState; problem: string | null } | undefined> {
  return maybeOne(db, `select state, problem from mail where mail_id = $1`, [mailId]);
}

/** Mail of these operations that has not reached its recipient, oldest first. */
export async function listUndelivered(db: Queryable, operationIds: readonly string[]): Promise<UndeliveredMail[]> {
  const { rows } = await db.query<UndeliveredMail>(
    `select operation_id as "operationId", purpose, recipient, state, created_at as since, attempts, problem
     from mail where operation_id = any($1) and ${IS_UNDELIVERED} order by created_at, mail_id`,
    [operationIds],
  );
  return rows;
}

/** Number of mails of the last {@link MAIL_DAYS} days that have not reached their recipient. */
export async function countUndeliveredMails(
  db: Queryable,
): Promise<{ recipient: MailRecipient; state: UndeliveredState; count: number }[]> {
  const { rows } = await db.query<{ recipient: MailRecipient; state: UndeliveredState; count: number }>(
    `select recipient, state, count(*)::int as count from mail
     where ${IS_UNDELIVERED} and (state = 'pending' or settled_at > now() - make_interval(days => $1))
     group by recipient, state`,
    [MAIL_DAYS],
  );
  return rows;
}

/** Deletes mail that belongs to no operation and was settled more than {@link REMEMBERED_DAYS} days ago. */
export async function forgetOldMails(db: Queryable): Promise<void> {
  await db.query(
    `delete from mail where operation_id is null and state <> 'pending' and settled_at < now() - make_interval(days => $1)`,
    [REMEMBERED_DAYS],
  );
}
