import type { Router } from 'express';
import type { ApiDependencies } from '../dependencies';
import type { Authenticate } from '../access/auth';
import { accessTokenAuthentication, sessionAuthentication } from './authentication';
import { cookiesFor } from './cookies';
import { IdentityProvider } from './identity-provider';
import { signInOff, signInRoutes } from './routes';
import { StaffSessions } from './sessions';

/** The sign-in of people. */
export interface Staff {
  /** Mounted at `/console`. */
  routes: Router;
  /** How people are recognised. */
  ways: Authenticate[];
}

/** The sign-in for an API; if it is not configured, its routes say so. */
export function createStaff(
  api: Pick<ApiDependencies, 'pool' | 'codecRing' | 'publicUrl' | 'logger' | 'staff' | 'now'>,
): Staff {
  const { pool, codecRing: ring, publicUrl, logger, staff: settings, now = () => new Date() } = api;
  if (!settings) return { routes: signInOff(publicUrl), ways: [] };
  const provider = new IdentityProvider(settings, logger);
  const sessions = new StaffSessions({ pool, provider, settings, now });
  const cookies = cookiesFor(publicUrl);
  const { audience } = settings;
  return {
    routes: signInRoutes({ pool, ring, publicUrl, settings, provider, sessions, cookies, now }),
    ways: [
      sessionAuthentication(sessions, cookies, publicUrl),
      ...(audience === undefined ? [] : [accessTokenAuthentication(provider, { ...settings, audience }, now)]),
    ],
  };
}
