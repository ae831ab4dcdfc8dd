import type { ApplicationFailure } from '@temporalio/common';
import { DatabaseError } from 'pg';
import type { FailureType } from '../../../contract/failures';
import { classifyNetwork, failure, isProvisioningFailure } from '../../failures';

type Meaning = readonly [FailureType, string];

// SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html. Five characters first, then the class of two.
const BY_CODE: Readonly<Record<string, Meaning>> = {
  '08001': ['ProviderUnavailable', 'took no connection'],
  '08004': ['ProviderUnavailable', 'took no connection'],
  '25P03': ['OutcomeUnknown', 'ended the connection, whose transaction had been idle for too long'],
  '25P04': ['OutcomeUnknown', 'ended the connection, whose transaction took too long'],
  '25006': ['ProviderUnavailable', 'is read-only just now, as after a fail-over'],
  '40003': ['OutcomeUnknown', 'does not know whether the statement took effect'],
  '53100': ['ProviderUnavailable', 'has no disk space left. Make room'],
  '53300': ['ProviderThrottled', 'has no connection free'],
  '55006': ['ProviderUnavailable', 'says that the object is in use'],
  '55P03': ['ProviderUnavailable', 'waited too long for a lock'],
  '57014': ['OutcomeUnknown', 'cancelled the statement, which took too long'],
  '57P03': ['ProviderUnavailable', 'is starting or stopping'],
  '3D000': ['ProviderRefused', 'has no such database. Was the cell prepared?'],
  '42501': [
    'ProviderRefused',
    'refused for lack of privileges. Check the login of the cell: LOGIN CREATEDB CREATEROLE INHERIT',
  ],
  // Duplicates: a racing attempt of our own was first; the next one finds what it made.
  '23505': ['OutcomeUnknown', 'says that it exists already'],
  '42P04': ['OutcomeUnknown', 'says that the database exists already'],
  '42P06': ['OutcomeUnknown', 'says that the schema exists already'],
  '42710': ['OutcomeUnknown', 'says that the object exists already'],
  // A racing removal of our own: what was to be dropped, revoked or counted is gone, or about to be.
  '2BP01': ['ProviderUnavailable', 'says that something still depends on it'],
  '42704': ['OutcomeUnknown', 'says that the object does not exist'],
  '3F000': ['OutcomeUnknown', 'says that the schema does not exist'],
};

const BY_CLASS: Readonly<Record<string, Meaning>> = {
  '08': ['AnswerLost', 'broke the connection'],
  '28': ['ProviderRefused', 'refused the login. Check the user and password of the cell'],
  '40': ['ProviderUnavailable', 'rolled the transaction back because of another one'],
  '53': ['ProviderUnavailable', 'is short of resources'],
  '55': ['ProviderUnavailable', 'says that the object cannot be used just now'],
  '57': ['AnswerLost', 'ended the connection'],
  '58': ['OutcomeUnknown', 'has a failure of its system'],
  XX: ['OutcomeUnknown', 'failed inside'],
};

/** Classification of what the PostgreSQL client throws; undefined for errors that are none of its own. Server texts are not repeated: they may quote values. */
export function classifyPostgres(error: unknown, what: string): ApplicationFailure | undefined {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof DatabaseError) {
    const code = error.code ?? 'XX000';
    const [type, text] = BY_CODE[code] ??
      BY_CLASS[code.slice(0, 2)] ?? ['InternalError', 'refused a statement of this program, which is a defect'];
    return failure(type, `${what}: PostgreSQL ${text} (${code}).`, { cause: error });
  }
  return classifyNetwork(error, what) ?? classifyClient(error, what);
}

// The client's own errors carry no code, only these texts (pg and pg-pool 8/3).
function classifyClient(error: unknown, what: string): ApplicationFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/timeout exceeded when trying to connect|due to connection timeout|^timeout expired$/.test(error.message))
    return failure('ProviderUnavailable', `${what}: PostgreSQL took no connection in time.`, { cause: error });
  if (/^Query read timeout$/.test(error.message))
    return failure('AnswerLost', `${what}: PostgreSQL did not answer in time.`, { cause: error });
  if (/^Connection terminated|not queryable|^Client was closed/.test(error.message))
    return failure('AnswerLost', `${what}: the connection to PostgreSQL broke.`, { cause: error });
  return undefined;
}
