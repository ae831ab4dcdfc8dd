import { existsSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import type { EffectLog } from './effect-log';

/** A cluster's own log of its statements. */
export interface PostgresLog {
  /** Copies new entries to the effect log. Call it before the server restarts, which begins a new file. */
  collect(): void;
}

const ENTRY = /^(\d+\.\d+)\|([^|]*)\|LOG:\s+(?:execute [^:]+|statement): ([^]*)$/;
const TENANT = /\bt_([a-z][a-z0-9]{15})(?![a-z0-9])|'([a-z][a-z0-9]{15})'/;

/** Makes a region's cluster log every changing statement of the product, with its time. */
export async function watchPostgres(
  { region, superuserUrl, logFile }: { region: string; superuserUrl: string; logFile: string },
  log: EffectLog,
): Promise<PostgresLog> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`alter system set log_statement = 'mod'`);
  await client.query(`alter system set log_line_prefix = '%n|%u|'`);
  await client.query('select pg_reload_conf()');
  await client.end();
  let read = 0;
  return {
    collect: () => {
      if (!existsSync(logFile)) return;
      const text = readFileSync(logFile, 'utf8');
      if (text.length < read) read = 0;
      for (const call of statementsIn(text.slice(read)))
        log.append({ ...call, provider: 'postgres', region, method: 'SQL' });
      read = text.length;
    },
  };
}

/** The provisioner's statements in a part of the server's log. */
export function statementsIn(text: string): { at: number; path: string; tenantId?: string }[] {
  // An entry may span many lines; each entry begins with its time. A statement's parameters are a separate entry.
  const whole = text.replaceAll(/\n[\d.]+\|[^|\n]*\|DETAIL:/g, '\nDETAIL:');
  return whole.split(/\n(?=\d{10}\.\d{3}\|)/).flatMap((entry) => {
    const [, seconds, user, statement] = ENTRY.exec(entry) ?? [];
    if (seconds === undefined || statement === undefined || user !== 'provisioner') return [];
    const [, named, quoted] = TENANT.exec(statement) ?? [];
    const tenantId = named ?? quoted;
    return [
      { at: Number(seconds) * 1000, path: statement.slice(0, 200), ...(tenantId === undefined ? {} : { tenantId }) },
    ];
  });
}
