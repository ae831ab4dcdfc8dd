import { setTimeout as sleep } from 'node:timers/promises';
import type { StaffLogin, StaffMember } from '../../../stack/staff';
import { formAction, LinkBrowser, type Visit } from './link-browser';

/** Sends requests to the API as a person who is signed in to the console; paths begin with a slash. */
export interface StaffFetch {
  (path: string, init?: RequestInit): Promise<Response>;
  /** The Cookie header that it sends. */
  readonly cookie: string;
}

/** An API to sign in to. */
export interface SignInTarget {
  readonly url: string;
  readonly staff: Record<StaffMember, StaffLogin>;
}

/** Signs a person in through Keycloak's login form, as a browser does. Throws with the page it was shown if that does not succeed. */
export async function signIn(target: SignInTarget, who: StaffMember | StaffLogin): Promise<StaffFetch> {
  const browser = consoleBrowser(target.url);
  const login = typeof who === 'string' ? target.staff[who] : who;
  const end = await logIn(browser, target.url, login);
  if (end.address !== `${target.url}/console/`)
    throw new Error(`${login.username} was not signed in: ${end.status} ${textOf(end)}`);
  return fetchWith(target.url, browser.cookiesFor(`${target.url}/`));
}

/** A browser that stops where the console's pages begin. */
export function consoleBrowser(url: string): LinkBrowser {
  return new LinkBrowser((address) => /^\/console\/(?!callback)/.test(address.replace(url, '')));
}

/** Begins a sign-in and fills in the login form. Ends in the console, or on a page that says why not. */
export async function logIn(browser: LinkBrowser, url: string, login: StaffLogin): Promise<Visit> {
  const form = await loginForm(browser, url);
  return browser.open(formAction(form)!, { ...login });
}

/** Waits until people can sign in: the realm is made while the stack is already in use. */
export async function signInReady(url: string): Promise<void> {
  const begin = new LinkBrowser();
  for (const deadline = Date.now() + 60_000; ; await sleep(250)) {
    const { status } = await begin.send(`${url}/console/sign-in`);
    if (status === 302) return;
    if (Date.now() > deadline) throw new Error(`A sign-in cannot be begun: ${status}.`);
  }
}

/** The login form to which a sign-in leads. */
export async function loginForm(browser: LinkBrowser, url: string, returnTo = '/console/'): Promise<Visit> {
  await signInReady(url);
  const { headers } = await browser.send(`${url}/console/sign-in?return=${encodeURIComponent(returnTo)}`);
  const form = await browser.open(headers.get('location')!);
  if (formAction(form) === undefined) throw new Error(`There is no login form: ${form.status} ${textOf(form)}`);
  return form;
}

/** Requests with these cookies, marked as the console's. */
export function fetchWith(url: string, cookie: string): StaffFetch {
  const send = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      ...init,
      headers: { cookie, 'x-console': '1', ...(init.headers as Record<string, string> | undefined) },
    });
  return Object.assign(send, { cookie });
}

function textOf({ page }: Visit): string {
  return page.replaceAll(/<[^>]+>|\s+/g, ' ').slice(0, 300);
}
