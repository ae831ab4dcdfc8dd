import { createQueues } from '../../contract/one-at-a-time';

/** The queues of this process for logins at Keycloak, shared by all who try one. */
export const oneAtATime = createQueues();
