import { paragraph, render, type Rendered } from '../layout';
import { localeOf, type Locale } from '../locales/locale';
import { isolated } from '../text';

/** Content of the mail to a new tenant's first admin. It holds no password: the link's one-time token fetches that. */
export interface Welcome {
  organizationName: string;
  /** The admin's user name at the identity provider. */
  username: string;
  adminUrl: string;
  /** Holds the one-time token. */
  claimUrl: string;
  claimExpires?: Date | undefined;
  /** This mail replaces an earlier link. */
  again?: boolean | undefined;
}

/** Renders the mail to a tenant's first admin. */
export function welcomeMail(welcome: Welcome, locale: Locale = localeOf()): Rendered {
  const name = isolated(welcome.organizationName);
  const words = locale.texts.welcome;
  const until = welcome.claimExpires && locale.time(welcome.claimExpires);
  const { again = false } = welcome;
  return render(
    again ? words.subjectAgain(name) : words.subject(name),
    [
      paragraph(again ? words.readyAgain(name) : words.ready(name)),
      paragraph(again ? words.fetchAgain(until) : words.fetch(until)),
      { kind: 'link', label: words.fetchLabel, url: welcome.claimUrl },
      paragraph(words.thenLogIn),
      { kind: 'value', label: words.userName, value: welcome.username },
      { kind: 'link', label: words.logIn, url: welcome.adminUrl },
      { kind: 'footer', text: words.notExpected },
    ],
    locale,
  );
}
