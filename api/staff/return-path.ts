/** The paths of the sign-in itself: to return to one of them would begin it again. */
const OWN = /^\/(?:session|sign-in|callback|sign-out|backchannel-logout)(?:\/|$)/;

/** Characters of a URL that fit into the cookie that keeps it, also when they are encoded. */
const LONGEST = 1_000;

/**
 * The URL below `<publicUrl>/console/` that a caller asks to return to after signing in, as an absolute path with or without the path of
 * the public URL. Everything else becomes the console's first page, so that no link can lead to another site.
 */
export function returnUrl(publicUrl: string, asked: string | undefined): string {
  const home = `${publicUrl}/console/`;
  // Browsers read a backslash as a slash, and ignore line breaks and tabs.
  if (asked === undefined || asked.length > LONGEST || !/^\/(?!\/)[^\\\p{C}\s]*$/u.test(asked)) return home;
  const { origin, pathname: prefix } = new URL(`${publicUrl}/`);
  if (!URL.canParse(asked, origin)) return home;
  const url = new URL(asked, origin);
  const base = [`${prefix}console`, '/console'].find((path) => url.pathname.startsWith(`${path}/`));
  if (url.origin !== origin || base === undefined) return home;
  const page = url.pathname.slice(base.length);
  const found = `${publicUrl}/console${page}${url.search}${url.hash}`;
  return OWN.test(page) || found.length > LONGEST ? home : found;
}
