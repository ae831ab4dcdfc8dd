import { Client } from 'pg';
import { sqlFiles } from '../../../../providers/postgres/shares/sql-files';

/** Statements of the adapters that protect tenants: grants, revocations from public, and limits of logins. */
const PROTECTS = /^(?:grant|revoke|alter default privileges|alter role .* (?:set|connection limit|nologin))\b/;

type Query = (...args: unknown[]) => unknown;

/** Runs `work` and returns the protecting statements it sends, each once, with `t_T` for every tenant's name and `N` for numbers. */
export async function protections(work: () => Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  await sending((text) => {
    for (const statement of text.split(SEPARATOR)) if (PROTECTS.test(statement)) seen.add(shape(statement));
    return text;
  }, work);
  const templates = ofTemplates();
  return [...seen].filter((statement) => !templates.has(statement));
}

/** Runs `work` while one statement of {@link protections} never reaches the server. */
export function dropping<T>(statement: string, work: () => Promise<T>): Promise<T> {
  return sending((text) => {
    const all = text.split(SEPARATOR);
    const rest = all.filter((each) => shape(each) !== statement);
    if (rest.length === all.length) return text;
    return rest.length === 0 ? 'select' : rest.join(SEPARATOR);
  }, work);
}

/** The separator that `batch` uses. */
const SEPARATOR = ';\n';

/** Statements from the templates' SQL, which are sent in the same batches but have mutants of their own. */
function ofTemplates(): Set<string> {
  const sql = sqlFiles();
  const tenant = {
    schema: 't_T',
    owner: 't_T_owner',
    app: 't_T_app',
    readonly: 't_T_readonly',
    touch_updated_at: 't_T_touch_updated_at',
    record_change: 't_T_record_change',
  };
  const texts = [
    sql.load('tenant', sql.newest('tenant'), tenant),
    sql.load('audit', sql.newest('audit'), tenant),
    sql.load('pool', sql.newest('pool'), { schema: 'app', owner: 'app_pool_owner', app: 'app_pool' }),
  ];
  return new Set(texts.flatMap((text) => text.trim().replace(/;$/, '').split(SEPARATOR)));
}

function shape(statement: string): string {
  return statement
    .replace(/\bt_[a-z][a-z0-9]{15}/g, 't_T')
    .replace(/SCRAM-SHA-256[^']*/g, '…')
    .replace(/\d+(?=s?'|\b)/g, 'N');
}

async function sending<T>(through: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const original = Client.prototype.query as Query;
  const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...args: unknown[]) {
    const [text, ...rest] = args;
    return original.apply(this, typeof text === 'string' ? [through(text), ...rest] : args) as never;
  });
  try {
    return await work();
  } finally {
    spy.mockRestore();
  }
}
