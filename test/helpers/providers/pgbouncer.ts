import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../../stack/processes/ports';
import { databaseUser } from '../../../stack/servers/postgres/user';
import { spawnServer } from '../../../stack/processes/process';

const COMMAND = ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync);

/** Why PgBouncer cannot run here, in words; undefined when it can. */
export function pgbouncerMissing(): string | undefined {
  return COMMAND === undefined ? 'PgBouncer is not on this machine (Debian: apt-get install pgbouncer)' : undefined;
}

/** A login that may pass. */
export interface PassingLogin {
  user: string;
  password: string;
}

/**
 * Starts PgBouncer in transaction mode in front of a server on this machine, with one server connection a login and database, so that whoever
 * comes next gets the connection of whoever was there before.
 */
export async function startPgbouncer(o: {
  serverPort: number;
  logins: PassingLogin[];
  /** A database the first login may enter. */
  database: string;
}): Promise<{ port: number; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  // It refuses to run as root, and whoever it runs as must read this.
  await chmod(dir, 0o755);
  const port = await freePort();
  const users = join(dir, 'users.txt');
  const config = join(dir, 'pgbouncer.ini');
  await writeFile(users, o.logins.map(({ user, password }) => `"${user}" "${password}"\n`).join(''));
  await writeFile(
    config,
    `[databases]
* = host=127.0.0.1 port=${o.serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 1
`,
  );
  const user = databaseUser();
  const [first] = o.logins;
  const server = await spawnServer({
    name: 'pgbouncer',
    command: COMMAND!,
    args: [config],
    ...(user && { user }),
    stopSignal: 'SIGINT',
    logFile: join(dir, 'log'),
    pidFile: join(dir, 'pid'),
    isReady: async () => {
      const client = new Client({ host: '127.0.0.1', port, database: o.database, ...first });
      client.on('error', () => undefined);
      await client.connect();
      await client.end();
      return true;
    },
  });
  return {
    port,
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
