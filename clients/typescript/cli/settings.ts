import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './exit';

/** Options that every command takes. */
export interface GlobalOptions {
  server?: string;
  token?: string;
  json?: true;
  utc?: true;
}

/** Where the API is, and who calls it. */
export interface Settings {
  server: string;
  token: string;
}

/** Where the settings file is. */
export function settingsFile(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'tenants.json');
}

/** The settings from the options, else from the environment, else from the file. */
export function settingsFrom({ server, token }: GlobalOptions, env: NodeJS.ProcessEnv): Settings {
  const given = { server: server ?? env['TENANTS_SERVER'], token: token ?? env['TENANTS_TOKEN'] };
  const kept = given.server && given.token ? {} : readSettings(settingsFile(env));
  const found = { server: given.server || kept.server, token: given.token || kept.token };
  const where = `or write both into ${settingsFile(env)}`;
  if (!found.server) throw new UsageError(`Which server? Give --server or set TENANTS_SERVER, ${where}.`);
  if (!/^https?:\/\//.test(found.server)) throw new UsageError('The server must be an http or https address.');
  if (!found.token) throw new UsageError(`Which token? Set TENANTS_TOKEN or give --token, ${where}.`);
  return { server: found.server, token: found.token };
}

function readSettings(file: string): Partial<Settings> {
  let text: string;
  try {
    // Others who read the file could act as its owner.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      throw new UsageError(`Others may read ${file}, which holds a token. Run chmod 600 on it.`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) throw new TypeError('no object');
    const { server, token }: { server?: unknown; token?: unknown } = parsed;
    return {
      ...(typeof server === 'string' ? { server } : {}),
      ...(typeof token === 'string' ? { token } : {}),
    };
  } catch {
    throw new UsageError(`${file} must be JSON: { "server": "https://…", "token": "tp_…" }`);
  }
}
