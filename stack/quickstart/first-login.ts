import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from '../types';
import type { ApiClient } from './api-client';

/** The welcome mail's subject and the credentials that a tenant's first admin claimed with it, without the secrets themselves. */
export interface FirstLogin {
  subject: string;
  username: string | undefined;
  adminAccessUrl: string;
  passwordLength: number;
  apiKeys: string[];
}

interface Mail {
  subject: string;
  text?: string;
  html?: string;
}

/**
 * Acts as a new tenant's first admin: reads the welcome mail and claims the credentials with the token in its link. Throws if the mail does
 * not arrive within ten seconds, or if the link is refused.
 */
export async function claimByMail(api: ApiClient, { mail }: Endpoints, tenantId: string): Promise<FirstLogin> {
  const welcome = await findMail(mail?.api ?? '', tenantId);
  const { username, adminAccessUrl, temporaryPassword, apiKeys } = await api.claim(tenantId, welcome.token);
  return {
    subject: welcome.subject,
    username,
    adminAccessUrl,
    passwordLength: temporaryPassword.length,
    apiKeys: Object.keys(apiKeys),
  };
}

async function findMail(url: string, tenantId: string): Promise<{ subject: string; token: string }> {
  const link = new RegExp(`/claim#${tenantId}\\.([A-Za-z0-9_-]+)`);
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(200)) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`The mail server answered ${response.status}.`);
    for (const { subject, text = '', html = '' } of (await response.json()) as Mail[]) {
      const token = (link.exec(text) ?? link.exec(html))?.[1];
      if (token !== undefined) return { subject, token };
    }
  }
  throw new Error(`No welcome mail for tenant ${tenantId} arrived within 10 s.`);
}
