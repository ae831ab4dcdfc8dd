import { DatabaseError, Pool } from 'pg';
import { FAILURES, type FailureType } from '../../../../contract/operations/failures';
import { classifyPostgres } from '../../../../providers/postgres/classify';
import { failure } from '../../../../providers/port/failures';

function answer(code: string): DatabaseError {
  const error = new DatabaseError('the text may quote a value: secret-value', 10, 'error');
  error.code = code;
  return error;
}

const TABLE: [code: string, meaning: string, type: FailureType][] = [
  ['08001', 'no connection could be made', 'ProviderUnavailable'],
  ['08004', 'the server rejected the connection', 'ProviderUnavailable'],
  ['08006', 'the connection failed', 'AnswerLost'],
  ['08007', 'the transaction’s end is unknown', 'AnswerLost'],
  ['25006', 'read-only transaction', 'ProviderUnavailable'],
  ['25P03', 'idle in a transaction for too long', 'OutcomeUnknown'],
  ['40001', 'serialization failure', 'ProviderUnavailable'],
  ['40003', 'statement completion unknown', 'OutcomeUnknown'],
  ['40P01', 'deadlock', 'ProviderUnavailable'],
  ['53100', 'disk full', 'ProviderUnavailable'],
  ['53200', 'out of memory', 'ProviderUnavailable'],
  ['53300', 'too many connections', 'ProviderThrottled'],
  ['55000', 'the database is not open just now', 'ProviderUnavailable'],
  ['55006', 'object in use', 'ProviderUnavailable'],
  ['55P03', 'lock not available', 'ProviderUnavailable'],
  ['57014', 'statement time-out', 'OutcomeUnknown'],
  ['57P01', 'administrator’s shutdown', 'AnswerLost'],
  ['57P02', 'crash shutdown', 'AnswerLost'],
  ['57P03', 'cannot connect now', 'ProviderUnavailable'],
  ['58030', 'input or output error', 'OutcomeUnknown'],
  ['XX000', 'tuple concurrently updated', 'OutcomeUnknown'],
  ['28000', 'login refused', 'ProviderRefused'],
  ['28P01', 'wrong password', 'ProviderRefused'],
  ['3D000', 'no such database', 'ProviderRefused'],
  ['42501', 'insufficient privilege', 'ProviderRefused'],
  ['23505', 'unique violation', 'OutcomeUnknown'],
  ['42P04', 'duplicate database', 'OutcomeUnknown'],
  ['42P06', 'duplicate schema', 'OutcomeUnknown'],
  ['42710', 'duplicate role', 'OutcomeUnknown'],
  ['2BP01', 'something depends on it', 'ProviderUnavailable'],
  ['42601', 'syntax error', 'InternalError'],
  ['22P02', 'not a number', 'InternalError'],
];

describe('errors of PostgreSQL', () => {
  test.each(TABLE)('%s (%s) is %s', (code, _, type) => {
    const found = classifyPostgres(answer(code), 'schema of tenant x');
    expect(found).toMatchObject({ type });
    expect(found!.nonRetryable).toBe(['permanent', 'user-fault'].includes(FAILURES[type].class));
    expect(found!.message).toContain(code);
    expect(JSON.stringify([found!.message, found!.cause])).not.toContain('secret-value');
  });

  test.each([
    ['Connection terminated unexpectedly', 'AnswerLost'],
    ['Query read timeout', 'AnswerLost'],
    ['Client has encountered a connection error and is not queryable', 'AnswerLost'],
    ['timeout exceeded when trying to connect', 'ProviderUnavailable'],
    ['timeout expired', 'ProviderUnavailable'],
  ])('the client’s own "%s" is %s', (message, type) => {
    expect(classifyPostgres(new Error(message), 'it')).toMatchObject({ type });
  });

  test('a failure of the catalogue is unchanged, and an unknown error is left to other classifiers', () => {
    const known = failure('ResourceNotOurs', 'somebody else’s');
    expect(classifyPostgres(known, 'it')).toBe(known);
    expect(classifyPostgres(new Error('what is this'), 'it')).toBeUndefined();
  });

  test('an unreachable server is unavailable, and the statement had no effect', async () => {
    const pool = new Pool({ connectionString: 'postgres://u:p@127.0.0.1:1/d' });
    const error: unknown = await pool.query('select 1').catch((thrown: unknown) => thrown);
    await pool.end();
    expect(classifyPostgres(error, 'it')).toMatchObject({ type: 'ProviderUnavailable' });
  });
});
