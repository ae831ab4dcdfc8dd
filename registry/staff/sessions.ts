import type pg from 'pg';
import { CONTROL_PLANE } from '../../contract/audit/chain';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { confirmPerson, forgetPeople } from './people';

/** A person who is signed in. */
export interface StaffSession {
  /** The person as operations, decisions and audit entries name it. */
  userId: string;
  name: string;
  roles: string[];
  subject: string;
  /** The issuer's tokens, encrypted by the caller. */
  tokens: Buffer;
  seenAt: Date;
  /** When the issuer last confirmed the person and its groups. */
  checkedAt: Date;
  idleExpiresAt: Date;
  expiresAt: Date;
}

/** A session to open. Its `hash` is the SHA-256 of its id. */
export interface NewStaffSession extends Pick<StaffSession, 'userId' | 'name' | 'roles' | 'subject' | 'tokens'> {
  hash: Buffer;
  issuer: string;
  /** The issuer's own session, if it names one. */
  sid: string | undefined;
  now: Date;
  idleExpiresAt: Date;
  expiresAt: Date;
}

/** Opens a session, with an audit entry of the control plane. `replaced` is the session that the same browser had before. */
export async function openStaffSession(
  pool: pg.Pool,
  session: NewStaffSession,
  replaced: Buffer | undefined,
): Promise<void> {
  const { hash, issuer, subject, userId, name, roles, sid, tokens, now, idleExpiresAt, expiresAt } = session;
  await transaction(pool, async (client) => {
    if (replaced) await endStaffSession(client, replaced);
    await client.query(
      `insert into staff_session (session_hash, issuer, subject, user_id, name, roles, sid, tokens_ciphertext,
         created_at, seen_at, checked_at, idle_expires_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9, least($10::timestamptz, $11), $11)`,
      [hash, issuer, subject, userId, name, roles, sid ?? null, tokens, now, idleExpiresAt, expiresAt],
    );
    await confirmPerson(client, userId, roles, now);
    await appendAudit(client, {
      tenantId: CONTROL_PLANE,
      actor: userId,
      action: 'staff.signed-in',
      detail: { roles },
    });
  });
}

/** The session if it is open at `now`. */
export function findStaffSession(db: Queryable, hash: Buffer, now: Date): Promise<StaffSession | undefined> {
  return maybeOne<StaffSession>(
    db,
    `select user_id as "userId", name, roles, subject, tokens_ciphertext as tokens, seen_at as "seenAt",
       checked_at as "checkedAt", idle_expires_at as "idleExpiresAt", expires_at as "expiresAt"
     from staff_session where session_hash = $1 and idle_expires_at > $2`,
    [hash, now],
  );
}

/** Records that the person is active: the session then ends at `idleExpiresAt`, or at its absolute end if that comes first. */
export async function noteStaffActivity(db: Queryable, hash: Buffer, now: Date, idleExpiresAt: Date): Promise<void> {
  await db.query(
    `update staff_session set seen_at = $2, idle_expires_at = least($3::timestamptz, expires_at)
     where session_hash = $1 and idle_expires_at > $2`,
    [hash, now, idleExpiresAt],
  );
}

/** True for the one caller that is to ask the issuer about the person, because the last answer is not younger than `since`. */
export async function claimStaffCheck(db: Queryable, hash: Buffer, now: Date, since: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `update staff_session set checked_at = $2 where session_hash = $1 and checked_at <= $3`,
    [hash, now, since],
  );
  return rowCount === 1;
}

/** Stores what the issuer says of the person at `now`. Other roles than before have an audit entry of the control plane. */
export async function renewStaffSession(
  pool: pg.Pool,
  hash: Buffer,
  { userId, name, roles, tokens }: Pick<StaffSession, 'userId' | 'name' | 'roles' | 'tokens'>,
  now: Date,
): Promise<void> {
  await transaction(pool, async (client) => {
    const before = await maybeOne<{ roles: string[] }>(
      client,
      `select roles from staff_session where session_hash = $1 for update`,
      [hash],
    );
    if (!before) return;
    await client.query(
      `update staff_session set user_id = $2, name = $3, roles = $4, tokens_ciphertext = $5 where session_hash = $1`,
      [hash, userId, name, roles, tokens],
    );
    await confirmPerson(client, userId, roles, now);
    if (before.roles.join() === roles.join()) return;
    await appendAudit(client, {
      tenantId: CONTROL_PLANE,
      actor: userId,
      action: 'staff.roles-changed',
      detail: { roles, before: before.roles },
    });
  });
}

/** Ends one session. Does nothing if it has ended already. */
export async function endStaffSession(db: Queryable, hash: Buffer): Promise<void> {
  await db.query(`delete from staff_session where session_hash = $1`, [hash]);
}

/** A logout that the issuer orders: of one of its own sessions (`sid`), or of everything of the person. */
export interface StaffLogout {
  issuer: string;
  sid: string | undefined;
  subject: string | undefined;
  /** SHA-256 of the order's id. */
  tokenHash: Buffer;
  /** Until when a repetition must be recognised. */
  expiresAt: Date;
}

/** Ends the sessions that a logout is about, and returns how many; undefined if the same order was obeyed before. */
export async function obeyStaffLogout(pool: pg.Pool, logout: StaffLogout): Promise<number | undefined> {
  const { issuer, sid, subject, tokenHash, expiresAt } = logout;
  return transaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `insert into staff_logout (token_hash, expires_at) values ($1, $2) on conflict do nothing`,
      [tokenHash, expiresAt],
    );
    if (rowCount === 0) return undefined;
    const [column, value] = sid === undefined ? ['subject', subject] : ['sid', sid];
    const ended = await client.query(`delete from staff_session where issuer = $1 and ${column} = $2`, [issuer, value]);
    return ended.rowCount ?? 0;
  });
}

/** Deletes sessions, logouts and confirmations of people that have expired by `now`. */
export async function forgetStaffSessions(db: Queryable, now: Date): Promise<void> {
  await db.query(`delete from staff_session where idle_expires_at <= $1`, [now]);
  await db.query(`delete from staff_logout where expires_at <= $1`, [now]);
  await forgetPeople(db, now);
}
