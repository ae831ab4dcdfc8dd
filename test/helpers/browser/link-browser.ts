/** Where a {@link LinkBrowser} has ended. */
export interface Visit {
  address: string;
  status: number;
  headers: Headers;
  page: string;
}

/** A browser without scripts: follows redirects, and keeps cookies by path, because all realms of a Keycloak have cookies of the same names. */
export class LinkBrowser {
  readonly #cookies = new Map<string, { path: string; name: string; value: string }>();

  /** `isTarget` tells the addresses that are not opened; a visit that is sent there ends with the status 0. */
  constructor(readonly isTarget: (address: string) => boolean = () => false) {}

  /** Opens an address, or posts a form to it, and follows redirects to the end. */
  async open(address: string, form?: Record<string, string>): Promise<Visit> {
    if (this.isTarget(address)) return { address, status: 0, headers: new Headers(), page: '' };
    const { headers, status, page } = await this.send(address, form);
    const location = headers.get('location');
    return location === null ? { address, status, headers, page } : this.open(new URL(location, address).href);
  }

  /** One request, without following a redirect. */
  async send(address: string, form?: Record<string, string>): Promise<Visit> {
    const answer = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: this.cookiesFor(address), accept: 'text/html' },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      signal: AbortSignal.timeout(30_000),
    });
    for (const cookie of answer.headers.getSetCookie()) this.#keep(cookie);
    return { address, status: answer.status, headers: answer.headers, page: await answer.text() };
  }

  /** The Cookie header for an address. */
  cookiesFor(address: string): string {
    const { pathname } = new URL(address);
    const own = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path));
    return own.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** The value of a cookie, or undefined. */
  cookie(name: string): string | undefined {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name)?.value;
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
    const path = /;\s*path=([^;]+)/i.exec(cookie)?.[1] ?? '/';
    const isGone = /;\s*(?:max-age=0|expires=Thu, 01[ -]Jan[ -]1970)/i.test(cookie);
    if (isGone) this.#cookies.delete(`${path} ${name}`);
    else this.#cookies.set(`${path} ${name}`, { path, name, value });
  }
}

/** Where the first form of a page is sent to; undefined if the page has none. */
export function formAction({ page }: Pick<Visit, 'page'>): string | undefined {
  return /<form[^>]*action="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
}
