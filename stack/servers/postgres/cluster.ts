import { existsSync, rmSync, writeFileSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { withPorts, type ServerContext } from '../../processes/context';
import { messageOf } from '../../errors';
import type { StackState } from '../../processes/state';
import { runTool } from '../../processes/tool';
import type { PostgresBinaries } from './binaries';
import { privateDir, type SystemUser } from './user';

/** A running cluster: one PostgreSQL server with its own data folder, port and passwords. */
export interface Cluster {
  /** The connection string of a role. The role's password is the secret `postgres.<cluster>.<role>`. */
  url(role: string, database: string): string;
  superuserUrl: string;
}

/** The cluster `name` that listens on `port`. */
export function clusterOn(state: StackState, name: string, port: number): Cluster {
  const url = (role: string, database: string): string =>
    `postgres://${role}:${state.secret(`postgres.${name}.${role}`)}@127.0.0.1:${port}/${database}`;
  return { url, superuserUrl: url('postgres', 'postgres') };
}

/** Starts the cluster `name` as the process `postgres.<name>`, and creates it first if it does not exist. */
export async function startCluster(
  context: ServerContext,
  {
    name,
    binaries,
    dir,
    user,
  }: { name: string; binaries: PostgresBinaries; dir: string; user: SystemUser | undefined },
): Promise<Cluster> {
  const data = join(dir, `${name}-${Number.parseInt(binaries.version, 10)}`);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const password = context.state.secret(`postgres.${name}.postgres`);
    await initialize({ binaries, data, user, password, signal: context.signal });
  }
  return withPorts(context.state, [`postgres.${name}`], async (ports) => {
    const port = ports[`postgres.${name}`] ?? 0;
    const cluster = clusterOn(context.state, name, port);
    await context.spawn({
      name: `postgres.${name}`,
      command: join(binaries.bin, 'postgres'),
      args: ['-D', data, '-p', String(port), ...settings(context.throwaway)],
      ...(user && { user }),
      // SIGINT is a fast shutdown; SIGTERM would wait until every client has disconnected.
      stopSignal: 'SIGINT',
      // Sessions of a killed server hold its shared memory until they notice that it has gone.
      retryOn: /pre-existing shared memory block/,
      isReady: () => answers(cluster.superuserUrl),
    });
    return cluster;
  });
}

/** Runs `work` with a superuser's connection to `database`. */
export async function asSuperuser<T>(
  cluster: Cluster,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: cluster.url('postgres', database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

// Unless the data is thrown away, fsync stays on: orders accepted by the registry must survive a crash. There are no Unix sockets, so every
// login needs a password.
function settings(throwaway: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    dynamic_shared_memory_type: 'mmap',
    password_encryption: 'scram-sha-256',
    log_min_messages: 'warning',
    max_wal_size: '256MB',
    // Keeps a single tenant from using up shared resources; see docs/isolation.md.
    max_locks_per_transaction: '256',
    temp_file_limit: '1GB',
    ...(throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

async function initialize(o: {
  binaries: PostgresBinaries;
  data: string;
  user: SystemUser | undefined;
  password: string;
  signal: AbortSignal;
}): Promise<void> {
  rmSync(o.data, { recursive: true, force: true });
  privateDir(o.data, o.user);
  const passwordFile = `${o.data}.password`;
  writeFileSync(passwordFile, o.password, { mode: 0o600 });
  if (o.user) chownSync(passwordFile, o.user.uid, o.user.gid);
  const initdb = (locale: string): Promise<string> => {
    const identity = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const rest = ['--encoding=UTF8', `--locale=${locale}`, '--no-instructions', '--no-sync'];
    return runTool(join(o.binaries.bin, 'initdb'), ['-D', o.data, ...identity, ...rest], {
      cwd: '/',
      user: o.user,
      signal: o.signal,
    });
  };
  try {
    await initdb('C.UTF-8').catch((error: unknown) => {
      // macOS lacks this locale. With C instead, upper() and lower() only know ASCII, which is sufficient here.
      if (!/locale/i.test(messageOf(error))) throw error;
      return initdb('C');
    });
  } catch (error) {
    rmSync(o.data, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // Without a listener, a server that goes away meanwhile would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
