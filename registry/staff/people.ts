import type { Queryable } from '../database';

/** Days after the issuer last vouched for a person for which the person's roles still count for what goes on without it. */
export const CONFIRMED_DAYS = 30;

/** Records the roles that the issuer gives a person at `now`. */
export async function confirmPerson(db: Queryable, userId: string, roles: readonly string[], now: Date): Promise<void> {
  await db.query(
    `insert into staff_person (user_id, roles, confirmed_at) values ($1, $2, $3)
     on conflict (user_id) do update set roles = excluded.roles, confirmed_at = excluded.confirmed_at`,
    [userId, roles, now],
  );
}

/** Deletes people for whom the issuer has not vouched for {@link CONFIRMED_DAYS} days. */
export async function forgetPeople(db: Queryable, now: Date): Promise<void> {
  await db.query(`delete from staff_person where confirmed_at <= $1::timestamptz - make_interval(days => $2)`, [
    now,
    CONFIRMED_DAYS,
  ]);
}
