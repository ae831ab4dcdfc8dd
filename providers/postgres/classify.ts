import type { ApplicationFailure } from '@temporalio/common';
import { DatabaseError } from 'pg';
import type { FailureType } from '../../contract/operations/failures';
import { classifyNetwork, failure, isProvisioningFailure } from '../port/failures';

/** The refusal of something that has one of our names but not our mark. */
export function notOurs(thing: 'role' | 'schema' | 'database', name: string): ApplicationFailure {
  return failure(
    'ResourceNotOurs',
    `PostgreSQL has a ${thing} ${name} that this program did not make. It was left alone; find out whose it is.`,
  );
}

type Meaning = readonly [FailureType, string];

// SQLSTATE codes: https://www.postgresql.org/docs/current/errcodes-appendix.html. A code takes precedence over its two-character class.
const BY_CODE: Readonly<Record<string, Meaning>> = {
  '08001': ['ProviderUnavailable', 'accepted no connection'],
  '08004': ['ProviderUnavailable', 'accepted no connection'],
  '25P03': ['OutcomeUnknown', 'ended the connection because its transaction had been idle for too long'],
  '25P04': ['OutcomeUnknown', 'ended the connection because its transaction took too long'],
  '25006': ['ProviderUnavailable', 'is read-only at the moment, as after a fail-over'],
  '40003': ['OutcomeUnknown', 'does not know whether the statement took effect'],
  '53100': ['ProviderUnavailable', 'has no disk space left. Free some space'],
  '53300': ['ProviderThrottled', 'has no free connection'],
  '55006': ['ProviderUnavailable', 'says that the object is in use'],
  '55P03': ['ProviderUnavailable', 'timed out waiting for a lock'],
  '57014': ['OutcomeUnknown', 'cancelled the statement because it took too long'],
  '57P03': ['ProviderUnavailable', 'is starting or stopping'],
  '3D000': ['ProviderRefused', 'has no such database. Was the cell prepared?'],
  '42501': [
    'ProviderRefused',
    'denied permission. Check that the login of the cell has LOGIN CREATEDB CREATEROLE INHERIT',
  ],
  // Duplicates: a concurrent attempt of ours was first; the next attempt finds what it made.
  '23505': ['OutcomeUnknown', 'says that the entry exists already'],
  '42P04': ['OutcomeUnknown', 'says that the database exists already'],
  '42P06': ['OutcomeUnknown', 'says that the schema exists already'],
  '42710': ['OutcomeUnknown', 'says that the object exists already'],
  // A concurrent removal of ours: the object to be dropped, revoked or counted is gone, or about to go.
  '2BP01': ['ProviderUnavailable', 'says that other objects still depend on the object'],
  '42704': ['OutcomeUnknown', 'says that the object does not exist'],
  '3F000': ['OutcomeUnknown', 'says that the schema does not exist'],
};

const BY_CLASS: Readonly<Record<string, Meaning>> = {
  '08': ['AnswerLost', 'broke the connection'],
  '28': ['ProviderRefused', 'refused the login. Check the user and password of the cell'],
  '40': ['ProviderUnavailable', 'rolled the transaction back because it conflicted with another one'],
  '53': ['ProviderUnavailable', 'is short of resources'],
  '55': ['ProviderUnavailable', 'says that the object cannot be used at the moment'],
  '57': ['AnswerLost', 'ended the connection'],
  '58': ['OutcomeUnknown', 'had a system error'],
  XX: ['OutcomeUnknown', 'had an internal error'],
};

/**
 * Classification of the PostgreSQL client's errors; undefined for any other error. The server's messages are not repeated, because they may
 * quote values.
 */
export function classifyPostgres(error: unknown, what: string): ApplicationFailure | undefined {
  if (isProvisioningFailure(error)) return error;
  if (error instanceof DatabaseError) {
    const code = error.code ?? 'XX000';
    const [type, text] = BY_CODE[code] ??
      BY_CLASS[code.slice(0, 2)] ?? ['InternalError', 'rejected a statement of this program. This is a defect'];
    return failure(type, `${what}: PostgreSQL ${text} (${code}).`, { cause: error });
  }
  return classifyNetwork(error, what) ?? classifyClient(error, what);
}

// pg's own errors have no code and can only be told by their message (pg 8, pg-pool 3).
function classifyClient(error: unknown, what: string): ApplicationFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/timeout exceeded when trying to connect|due to connection timeout|^timeout expired$/.test(error.message))
    return failure('ProviderUnavailable', `${what}: PostgreSQL accepted no connection in time.`, { cause: error });
  if (/^Query read timeout$/.test(error.message))
    return failure('AnswerLost', `${what}: PostgreSQL did not answer in time.`, { cause: error });
  if (/^Connection terminated|not queryable|^Client was closed/.test(error.message))
    return failure('AnswerLost', `${what}: the connection to PostgreSQL broke.`, { cause: error });
  return undefined;
}
