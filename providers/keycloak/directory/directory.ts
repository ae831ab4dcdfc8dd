import type { Directory } from '../../port/directory';
import { createSession } from '../session';
import type { KeycloakSettings } from '../settings';
import { directoryGroups } from './groups';
import { directoryPeople } from './people';
import { createRun } from './run';

/** The tenants' directories on a Keycloak server whose realm a worker has prepared. Sends nothing before the first call. */
export function createKeycloakDirectory(settings: KeycloakSettings): Directory {
  const run = createRun(createSession({ ...settings, url: settings.url.replace(/\/+$/, '') }));
  return { people: directoryPeople(run), groups: directoryGroups(run) };
}
