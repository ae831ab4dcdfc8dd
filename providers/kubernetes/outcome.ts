import { ApiException } from '@kubernetes/client-node';
import { answerIn } from './answers';
import { classifyKubernetes } from './classify';

/** The API server's answer to an attempt. The message may name accounts, so checks report only status, reason and the part expected. */
export interface Outcome {
  status: number;
  reason: string;
  message: string;
}

/** The cluster's decision on an attempt. Throws retryable errors, because they say nothing about the tenant. */
export async function outcomeOf(attempt: Promise<unknown>): Promise<Outcome> {
  try {
    await attempt;
    return { status: 200, reason: 'OK', message: '' };
  } catch (error) {
    if (!(error instanceof ApiException) || error.code === 401) throw error;
    if (classifyKubernetes(error, 'check')?.nonRetryable !== true) throw error;
    const { reason, message } = answerIn(error);
    return { status: error.code, reason, message };
  }
}
