import { setTimeout as sleep } from 'node:timers/promises';
import type { RemovalAnswer } from '../../contract/schemas/tenants/certificate-schema';
import type { Evidence } from '../../registry/evidence/evidence';
import { registryTime } from '../../registry/removal/facts';
import type { Dependencies } from '../dependencies';
import { REPEAT_AFTER_MS } from '../verification/verify';

/** What a provider can answer about something that counts as removed. */
export type Answer = RemovalAnswer['answer'];

/** A question to a provider after a removal. */
export interface Question {
  how: RemovalAnswer['how'];
  kind: string;
  provider: string;
  region: string;
}

/** Name of the question among all evidence of a tenant: `removed.bucket`, `unlisted.bucket`. */
export function checkOf({ how, kind }: Pick<Question, 'how' | 'kind'>): string {
  return `${how === 'lookup' ? 'removed' : 'unlisted'}.${kind}`;
}

/** Whether something is gone, or will be without anybody's doing. */
export function isGone(answer: string): boolean {
  return answer === 'absent' || answer === 'scheduled';
}

/** Questions of one activity, with their answers as evidence. */
export interface Questions {
  /**
   * The answer to a question about what has been gone `since`; what an earlier attempt of the activity was answered is not asked again. One
   * that something is still there is believed only if it is repeated.
   */
  ask(question: Question, since: Date, find: () => Promise<Answer>): Promise<Answer>;
  /** The new answers. */
  answers: Evidence[];
}

/** Asks about a tenant on behalf of the running activity; `before` are the answers of its earlier attempts. */
export function questionsOf(
  { pool, signal }: Pick<Dependencies, 'pool' | 'signal'>,
  about: Pick<Evidence, 'tenantId' | 'operationId' | 'askedBy'>,
  before: readonly Evidence[],
): Questions {
  const answers: Evidence[] = [];
  const known = ({ provider, region, ...question }: Question, since: Date): Evidence | undefined =>
    before.findLast(
      (one) =>
        one.check === checkOf(question) &&
        one.provider === provider &&
        one.region === region &&
        one.at >= since &&
        one.passed,
    );

  /** When the question was sent and its answer. The registry's clock tells the time, because it also told when the thing was removed. */
  async function once(find: () => Promise<Answer>): Promise<{ at: Date; answer: Answer }> {
    const at = await registryTime(pool);
    return { at, answer: await find() };
  }

  return {
    answers,
    async ask(question, since, find) {
      const earlier = known(question, since);
      if (earlier) return earlier.answered as Answer;
      let given = await once(find);
      for (const ms of REPEAT_AFTER_MS) {
        if (given.answer !== 'present' && given.answer !== 'foreign') break;
        await sleep(ms, undefined, { signal: signal() });
        given = await once(find);
      }
      const { kind, provider, region } = question;
      answers.push({
        ...about,
        probe: `removal.${question.how}`,
        check: checkOf(question),
        claim:
          question.how === 'lookup' ? `the tenant’s ${kind} is gone` : `${provider} lists no ${kind} of the tenant`,
        passed: isGone(given.answer),
        provider,
        region,
        answered: given.answer,
        at: given.at,
      });
      return given.answer;
    },
  };
}
