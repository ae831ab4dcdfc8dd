import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { decrypt, encrypt } from '../../contract/keys/key-ring';
import {
  claimStaffCheck,
  endStaffSession,
  findStaffSession,
  noteStaffActivity,
  openStaffSession,
  renewStaffSession,
  type StaffSession,
} from '../../registry/staff/sessions';
import type { IdentityProvider, IssuedTokens, Vouched } from './identity-provider';
import { personOf, type Person } from './person';
import type { StaffSettings } from './settings';

/** Activity is written at most this often, so that a page that loads ten things costs one write. */
const ACTIVITY_MS = 60_000;

const SESSION_ID = /^[A-Za-z0-9_-]{43}$/;
const CONTEXT = 'staff session tokens';

/** What {@link StaffSessions} works with. */
export interface SessionsOptions {
  pool: pg.Pool;
  provider: Pick<IdentityProvider, 'refresh'>;
  settings: StaffSettings;
  now: () => Date;
}

/** The sessions of people who are signed in. A session's id is known to the browser only. */
export class StaffSessions {
  constructor(readonly options: SessionsOptions) {}

  /** Opens a session under a new id, which it returns, and ends the one that the browser had before. */
  async open({ claims, tokens }: Vouched, replacedId: string | undefined): Promise<{ id: string; person: Person }> {
    const { pool, settings } = this.options;
    const now = this.options.now();
    const id = randomBytes(32).toString('base64url');
    const person = personOf(claims, settings);
    const session = {
      hash: hashOf(id),
      issuer: settings.issuer,
      subject: person.subject,
      userId: person.id,
      name: person.name,
      roles: [...person.roles],
      sid: typeof claims['sid'] === 'string' ? claims['sid'] : undefined,
      tokens: sealTokens(id, tokens),
      now,
      idleExpiresAt: after(now, settings.idleSeconds),
      expiresAt: after(now, settings.absoluteSeconds),
    };
    await openStaffSession(pool, session, replacedId === undefined ? undefined : hashOf(replacedId));
    return { id, person };
  }

  /** The session with this id as it stands, if it is open. */
  async find(id: string | undefined): Promise<StaffSession | undefined> {
    if (id === undefined || !SESSION_ID.test(id)) return undefined;
    return findStaffSession(this.options.pool, hashOf(id), this.options.now());
  }

  /** The session that makes a request: it stays open for longer, and from time to time the issuer is asked about the person. */
  async use(id: string): Promise<StaffSession | undefined> {
    const { pool, settings } = this.options;
    const now = this.options.now();
    const session = await this.find(id);
    if (!session) return undefined;
    if (now.getTime() - session.seenAt.getTime() >= ACTIVITY_MS)
      await noteStaffActivity(pool, hashOf(id), now, after(now, settings.idleSeconds));
    const since = after(now, -settings.recheckSeconds);
    return session.checkedAt > since ? session : this.#checked(id, session, now, since);
  }

  /** Ends a session. Returns the issuer's tokens of it, if it was open. */
  async end(id: string): Promise<IssuedTokens | undefined> {
    const session = await this.find(id);
    if (!session) return undefined;
    await endStaffSession(this.options.pool, hashOf(id));
    return openTokens(id, session.tokens);
  }

  /** Asks the issuer, unless another request is doing so. A session continues while the issuer cannot be asked. */
  async #checked(id: string, session: StaffSession, now: Date, since: Date): Promise<StaffSession | undefined> {
    const { pool, provider, settings } = this.options;
    const { refreshToken, idToken } = openTokens(id, session.tokens);
    if (refreshToken === undefined || !(await claimStaffCheck(pool, hashOf(id), now, since))) return session;
    const answer = await provider.refresh({ idToken, refreshToken });
    const isSame = answer !== 'ended' && (!answer.claims || answer.claims.sub === session.subject);
    if (!isSame) {
      await endStaffSession(pool, hashOf(id));
      return undefined;
    }
    if (!answer.tokens) return session;
    const person = answer.claims ? personOf(answer.claims, settings) : undefined;
    const renewed = {
      ...session,
      ...(person && { userId: person.id, name: person.name, roles: [...person.roles] }),
      tokens: sealTokens(id, answer.tokens),
    };
    await renewStaffSession(pool, hashOf(id), renewed, now);
    return renewed;
  }
}

function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}

function after(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

// The key comes from the session's id, of which the registry has only a hash: a copy of the registry does not open the tokens.
function keyOf(id: string): Buffer {
  return Buffer.from(hkdfSync('sha256', id, '', CONTEXT, 32));
}

function sealTokens(id: string, tokens: IssuedTokens): Buffer {
  return encrypt(keyOf(id), Buffer.from(JSON.stringify(tokens)), CONTEXT);
}

function openTokens(id: string, sealed: Buffer): IssuedTokens {
  return JSON.parse(decrypt(keyOf(id), sealed, CONTEXT).toString()) as IssuedTokens;
}
