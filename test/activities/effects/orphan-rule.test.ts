import type { ApplicationFailure } from '@temporalio/common';
import { classifyHttp, toFailure } from '../../../providers/port/failures';
import { FAILURES, type FailureClass, type FailureType } from '../../../contract/operations/failures';

/**
 * The Open Service Broker API's table of how a platform must read an answer to a create request, and when it must clean up afterwards
 * (https://github.com/openservicebrokerapi/servicebroker, spec.md, "Orphan Mitigation"). Well-formed successes are no failures, so this
 * table begins with the classified answers; malformed answers are recognised by each adapter, see
 * test/providers/unit/provider-answers.test.ts.
 */
interface Row {
  answer: string;
  /** The specification's orphan rule: whether the platform has to assume that a resource may have been made. */
  mayExist: boolean;
  class: FailureClass;
  /** Where we go further than the specification. */
  difference?: string;
  failure: () => ApplicationFailure;
}

const answered = (status: number) => () => classifyHttp(status, 'thing');
const broken = (error: object) => () => toFailure(Object.assign(new Error('x'), error), 'thing');

const ROWS: Row[] = [
  {
    answer: '200, malformed',
    mayExist: false,
    class: 'unknown',
    difference: 'it may have been made',
    failure: answered(200),
  },
  { answer: '201, malformed', mayExist: true, class: 'unknown', failure: answered(201) },
  { answer: '202, malformed', mayExist: true, class: 'unknown', failure: answered(202) },
  { answer: 'another 2xx (204)', mayExist: true, class: 'unknown', failure: answered(204) },
  { answer: 'another 2xx (206)', mayExist: true, class: 'unknown', failure: answered(206) },
  { answer: '408', mayExist: false, class: 'retryable', failure: answered(408) },
  { answer: 'another 4xx (400)', mayExist: false, class: 'permanent', failure: answered(400) },
  { answer: 'another 4xx (401)', mayExist: false, class: 'permanent', failure: answered(401) },
  { answer: 'another 4xx (403)', mayExist: false, class: 'permanent', failure: answered(403) },
  { answer: 'another 4xx (404)', mayExist: false, class: 'permanent', failure: answered(404) },
  { answer: 'another 4xx (422)', mayExist: false, class: 'permanent', failure: answered(422) },
  // These two pass by themselves: a conflict with a change in progress, and a rate limit.
  { answer: 'another 4xx (409)', mayExist: false, class: 'retryable', failure: answered(409) },
  { answer: 'another 4xx (425)', mayExist: false, class: 'retryable', failure: answered(425) },
  { answer: 'another 4xx (429)', mayExist: false, class: 'retryable', failure: answered(429) },
  { answer: '5xx (500)', mayExist: true, class: 'unknown', failure: answered(500) },
  { answer: '5xx (502)', mayExist: true, class: 'unknown', failure: answered(502) },
  { answer: '5xx (504)', mayExist: true, class: 'unknown', failure: answered(504) },
  { answer: '5xx (507)', mayExist: true, class: 'unknown', failure: answered(507) },
  {
    answer: '5xx (503)',
    mayExist: true,
    class: 'retryable',
    difference: 'classified by the reaction it needs; looked up like the others, because it is repeated',
    failure: answered(503),
  },
  { answer: 'no answer in time', mayExist: true, class: 'unknown', failure: broken({ name: 'TimeoutError' }) },
  { answer: 'no answer in time (ETIMEDOUT)', mayExist: true, class: 'unknown', failure: broken({ code: 'ETIMEDOUT' }) },
  // Not in the specification, which covers only HTTP answers.
  {
    answer: 'a connection that broke after sending',
    mayExist: true,
    class: 'unknown',
    failure: broken({ code: 'ECONNRESET' }),
  },
  { answer: 'a pipe that broke', mayExist: true, class: 'unknown', failure: broken({ code: 'EPIPE' }) },
  { answer: 'a redirection (302)', mayExist: true, class: 'unknown', failure: answered(302) },
  { answer: 'a refused connection', mayExist: false, class: 'retryable', failure: broken({ code: 'ECONNREFUSED' }) },
  { answer: 'an unknown host', mayExist: false, class: 'retryable', failure: broken({ code: 'ENOTFOUND' }) },
  { answer: 'an error nobody knows', mayExist: true, class: 'unknown', failure: broken({}) },
];

test.each(ROWS)('$answer is $class', ({ class: expected, failure }) => {
  expect(classOf(failure())).toBe(expected);
});

// `effect` calls `find` before it repeats a request, and compensation calls it in any case, so a retryable class is safe.
test.each(ROWS.filter(({ mayExist }) => mayExist))(
  'after $answer the resource is looked up before anything is repeated',
  ({ failure }) => {
    expect(failure().nonRetryable).toBe(false);
  },
);

test('the class is "unknown" exactly where a resource may exist, except for the documented differences', () => {
  const different = ROWS.filter((row) => row.mayExist !== (row.class === 'unknown')).map(({ answer }) => answer);
  expect(different).toEqual(ROWS.filter(({ difference }) => difference !== undefined).map(({ answer }) => answer));
});

function classOf({ type }: ApplicationFailure): FailureClass {
  return FAILURES[type as FailureType].class;
}
