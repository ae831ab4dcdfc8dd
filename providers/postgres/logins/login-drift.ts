import { DatabaseError } from 'pg';
import { databaseUrl, withClient, type Cells, type Place } from '../cells';

/** A property that a login can change for itself. */
export type Drift = 'password' | 'settings';

/** The expected state of a login. */
export interface ExpectedLogin {
  database: string;
  password: string;
  /** Names and values, as the catalogue shows them. */
  settings: Record<string, string>;
}

const WRONG_PASSWORD = '28P01';
const TOO_MANY_CONNECTIONS = '53300';

/** The properties of a login that differ from the expected ones; empty if there is no such login. */
export async function driftOf(
  cells: Cells,
  place: Place & { name: string },
  { database, password, settings }: ExpectedLogin,
): Promise<Drift[]> {
  const found = await settingsIn(cells, place);
  if (found === undefined) return [];
  const wanted = Object.entries(settings).map(([setting, value]) => `everywhere: ${setting}=${value}`);
  const { url } = cells.settings(place.region, place.cell);
  const login = databaseUrl(url, { database, user: place.name, password });
  return [
    ...((await passwordWorks(login, place.signal)) ? [] : ['password' as const]),
    ...(found.sort().join('\n') === wanted.sort().join('\n') ? [] : ['settings' as const]),
  ];
}

/** The role's settings, both general and for single databases; undefined if no such role can log in. */
async function settingsIn(cells: Cells, place: Place & { name: string }): Promise<string[] | undefined> {
  return cells.run(place, cells.maintenanceDatabase(place), async (client) => {
    const { rows } = await client.query<{ settings: string[] }>(
      `select array(select case when setdatabase = 0 then 'everywhere' else setdatabase::text end || ': ' || setting
                    from pg_db_role_setting, unnest(setconfig) as setting where setrole = r.oid) as settings
       from pg_roles r where rolname = $1 and rolcanlogin`,
      [place.name],
    );
    return rows[0]?.settings;
  });
}

/** Whether the password is correct. `too many connections` proves that it is: the server checks the password before the limit. */
async function passwordWorks(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await withClient(url, signal, () => Promise.resolve(true));
  } catch (error) {
    const code = error instanceof DatabaseError ? error.code : undefined;
    if (code === TOO_MANY_CONNECTIONS) return true;
    if (code === WRONG_PASSWORD) return false;
    throw error;
  }
}
