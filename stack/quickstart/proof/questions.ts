import type { Endpoints } from '../../types';
import { keycloakQuestions } from './keycloak';
import { kubernetesQuestions } from './kubernetes';
import { postgresQuestions } from './postgres';
import type { Question } from './question';
import { registryQuestions } from './registry';
import { storageQuestions } from './storage';
import { stripeQuestions } from './stripe';

/** All questions to the providers. `since` is the start of the demonstration. */
export function allQuestions(endpoints: Endpoints, since: Date): Question[] {
  return [
    ...postgresQuestions(endpoints),
    ...storageQuestions(endpoints),
    ...kubernetesQuestions(endpoints),
    ...keycloakQuestions(endpoints),
    ...stripeQuestions(endpoints, since),
    ...registryQuestions(endpoints),
  ];
}
