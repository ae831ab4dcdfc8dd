import {
  MAIL_DAYS,
  type MailPurpose,
  type MailRecipient,
  type MailState,
  type UndeliveredState,
} from '../contract/mails';
import { maybeOne, type Queryable } from './database';

/** A mail to one person, by reference: address and content are read when it is sent. */
export interface Letter {
  /** Local part of its `Message-ID`. */
  mailId: string;
  purpose: MailPurpose;
  recipient: MailRecipient;
  /** Of an operator or approver: position in the configured list. */
  position?: number;
  operationId?: string;
  /** What the mail is composed from besides the registry; no personal data. */
  detail?: Record<string, unknown>;
  /** Purposes whose earlier mail to the same person this one replaces. */
  replaces?: readonly MailPurpose[];
}

/** A mail whose delivery is under way. */
export interface TakenMail extends Required<Pick<Letter, 'mailId' | 'purpose' | 'recipient' | 'position'>> {
  operationId: string | null;
  detail: Record<string, unknown>;
  attempts: number;
  createdAt: Date;
}

/** A mail that has not reached the person who waits for it. */
export interface UndeliveredMail {
  operationId: string;
  purpose: MailPurpose;
  recipient: MailRecipient;
  state: UndeliveredState;
  since: Date;
  attempts: number;
  problem: string | null;
}

/** Seconds a delivery may take before another process may begin one of the same mail. */
const LEASE_SECONDS = 120;

/** Seconds before the second attempt, and at most between two. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 300;

/** Days a settled mail that belongs to no operation is remembered. */
const REMEMBERED_DAYS = 30;

/** SQL: a mail of the table `mail` that somebody waits for longer than a first attempt takes. */
export const IS_UNDELIVERED = `(mail.state in ('refused', 'expired')
  or (mail.state = 'pending' and (mail.problem is not null or mail.created_at < now() - interval '2 minutes')))`;

/** Writes down mail that is to be sent. One that is known already stays as it is. */
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

/** Takes the next mail that is due, or one of those named whether due or not, for one attempt. Of several processes one gets it. */
export async function takeMail(db: Queryable, mailIds?: readonly string[]): Promise<TakenMail | undefined> {
  return maybeOne<TakenMail>(
    db,
    `update mail set attempts = attempts + 1, leased_until = now() + make_interval(secs => $2)
     where mail_id = (
       select mail_id from mail
       where state = 'pending' and coalesce(leased_until, '-infinity') < now()
         and case when $1::text[] is null then next_try_at <= now() else mail_id = any($1) end
       order by next_try_at limit 1 for update skip locked)
     returning mail_id as "mailId", purpose, recipient, position, operation_id as "operationId", detail, attempts,
       created_at as "createdAt"`,
    [mailIds ?? null, LEASE_SECONDS],
  );
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

/** Records that an attempt failed and when the next one is due; after {@link MAIL_DAYS} there is none. */
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

/** Which of these mails have not been sent and are still wanted. */
export async function listPending(db: Queryable, mailIds: readonly string[]): Promise<{ problem: string | null }[]> {
  const { rows } = await db.query<{ problem: string | null }>(
    `select problem from mail where mail_id = any($1) and state = 'pending' order by position`,
    [mailIds],
  );
  return rows;
}

/** Mail of these operations that has not reached the person who waits for it, oldest first. */
export async function listUndelivered(db: Queryable, operationIds: readonly string[]): Promise<UndeliveredMail[]> {
  const { rows } = await db.query<UndeliveredMail>(
    `select operation_id as "operationId", purpose, recipient, state, created_at as since, attempts, problem
     from mail where operation_id = any($1) and ${IS_UNDELIVERED} order by created_at, mail_id`,
    [operationIds],
  );
  return rows;
}

/** How many mails of the last {@link MAIL_DAYS} somebody waits for. */
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

/** Forgets mail that belongs to no operation and was settled long ago. */
export async function forgetOldMails(db: Queryable): Promise<void> {
  await db.query(
    `delete from mail where operation_id is null and state <> 'pending' and settled_at < now() - make_interval(days => $1)`,
    [REMEMBERED_DAYS],
  );
}
