import type { Problem } from '../../contract/schemas/problem-schema';
import { PROBLEMS, type ProblemType } from './problem-types';

/** What an occurrence adds to its type. */
export interface ProblemOccurrence {
  /** What happened, why, and what to do now. Contains no secrets, no e-mail addresses and nothing that the caller sent. */
  detail?: string;
  errors?: NonNullable<Problem['errors']>;
  /** On a state conflict: the actions that are possible now. */
  allowed?: string[];
  /** About a position in the event log: the numbers of the oldest and the newest event. */
  log?: { oldest: number; newest: number };
  headers?: Record<string, string>;
}

/** Thrown by a route to answer with a problem. */
export class ApiProblem extends Error {
  readonly status: number;

  constructor(
    readonly type: ProblemType,
    readonly occurrence: ProblemOccurrence = {},
  ) {
    super(occurrence.detail ?? PROBLEMS[type].title);
    this.name = 'ApiProblem';
    this.status = PROBLEMS[type].status;
  }

  /** The body of the answer, RFC 9457. */
  toJson(publicUrl: string, instance: string, requestId: string): Problem {
    const { detail, errors, allowed, log } = this.occurrence;
    return {
      type: `${publicUrl}/problems/${this.type}`,
      title: PROBLEMS[this.type].title,
      status: this.status,
      ...(detail === undefined ? {} : { detail }),
      instance,
      requestId,
      ...(errors ? { errors } : {}),
      ...(allowed ? { allowed } : {}),
      ...log,
    };
  }
}

/** The problem of a request that the state of what it is about forbids, whatever the caller does instead. */
export function notNow(detail: string): ApiProblem {
  return new ApiProblem('state-conflict', { detail, allowed: [] });
}
