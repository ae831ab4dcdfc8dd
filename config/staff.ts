import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ApiEnvironment } from './environment';

/** How people sign in, as it was configured. */
export interface StaffConfiguration {
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string;
  groupsClaim: string;
  usernameClaim: string;
  /** Audience of the access tokens that are accepted; undefined if none are. */
  audience: string | undefined;
  /** The names of roles by group. */
  roles: Record<string, string[]>;
  idleSeconds: number;
  absoluteSeconds: number;
  recheckSeconds: number;
}

const rolesSchema = z.record(z.string().min(1), z.array(z.string()));

/** The configuration of the sign-in; undefined if it is off. Throws one error that names everything that is wrong with it. */
export function staffConfiguration(env: ApiEnvironment, publicUrl: string): StaffConfiguration | undefined {
  const { STAFF_OIDC_ISSUER: issuer, STAFF_OIDC_CLIENT_ID: clientId, STAFF_OIDC_AUDIENCE: audience } = env;
  if (issuer === undefined || clientId === undefined) return undefined;
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  for (const [name, url] of Object.entries({ STAFF_OIDC_ISSUER: issuer, PUBLIC_URL: publicUrl }))
    if (!isConfidential(url))
      problems.push(`${name} must begin with https:// for people to sign in; http:// is for this machine only.`);
  if (audience !== undefined && audience === clientId)
    problems.push(
      'STAFF_OIDC_AUDIENCE must differ from STAFF_OIDC_CLIENT_ID, which is the audience of ID tokens: they are no access tokens.',
    );
  const clientSecret = attempt(() => secretOf(env));
  const roles = attempt(() => rolesOf(env.STAFF_ROLES));
  if (clientSecret === undefined || roles === undefined || problems.length > 0)
    throw new Error(`The sign-in is not configured correctly:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  return {
    issuer,
    clientId,
    clientSecret,
    audience,
    roles,
    scopes: env.STAFF_OIDC_SCOPES,
    groupsClaim: env.STAFF_OIDC_GROUPS_CLAIM,
    usernameClaim: env.STAFF_OIDC_USERNAME_CLAIM,
    idleSeconds: env.STAFF_SESSION_IDLE_MINUTES * 60,
    absoluteSeconds: env.STAFF_SESSION_HOURS * 3600,
    recheckSeconds: env.STAFF_RECHECK_MINUTES * 60,
  };
}

/** Whether what is sent to this address cannot be read on the way. Names below `localhost` are of this machine too (RFC 6761 §6.3). */
function isConfidential(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) || hostname.endsWith('.localhost')
  );
}

function secretOf(env: ApiEnvironment): string {
  const { STAFF_OIDC_CLIENT_SECRET: secret, STAFF_OIDC_CLIENT_SECRET_FILE: file } = env;
  if ((secret === undefined) === (file === undefined))
    throw new Error('Set either STAFF_OIDC_CLIENT_SECRET or STAFF_OIDC_CLIENT_SECRET_FILE, and not both.');
  const read = secret ?? contentOf('STAFF_OIDC_CLIENT_SECRET_FILE', file!).trim();
  if (read === '') throw new Error('The file that STAFF_OIDC_CLIENT_SECRET_FILE names is empty.');
  return read;
}

function rolesOf(given: string | undefined): Record<string, string[]> {
  if (given === undefined) throw new Error('STAFF_ROLES is missing: which groups have which roles.');
  const json = given.trimStart().startsWith('{') ? given : contentOf('STAFF_ROLES', given);
  const parsed = rolesSchema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  throw new Error(`STAFF_ROLES is not JSON that gives each group a list of roles: ${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function contentOf(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${variable} names a file that cannot be read (${(error as { code?: string }).code}).`, {
      cause: error,
    });
  }
}
