import { paragraph, render, type Rendered } from './layout';
import { quoted, utc } from './text';

/** What a new tenant's first admin is told. There is no password in it: the link's token fetches it, once. */
export interface Welcome {
  organizationName: string;
  /** The admin's user name at the identity provider. */
  username: string;
  adminUrl: string;
  /** Carries the one-time token. */
  claimUrl: string;
  claimExpires?: Date | undefined;
  /** The link replaces an earlier one. */
  again?: boolean | undefined;
}

/** The mail to a tenant's first admin. */
export function welcomeMail(welcome: Welcome): Rendered {
  const name = quoted(welcome.organizationName);
  const until = welcome.claimExpires ? ` until ${utc(welcome.claimExpires)}` : '';
  const { again = false } = welcome;
  return render(again ? `New credentials for ${name}` : `${name} is ready`, [
    paragraph(
      again
        ? `You are the first administrator of ${name} and get new credentials. An earlier link is void, and so are the password and the API keys it led to.`
        : `The space of ${name} is ready, and you are its first administrator.`,
    ),
    paragraph(
      `${again ? 'Your new' : 'Your first'} password and the API keys are not in this mail. Fetch them here – once${until}:`,
    ),
    { kind: 'link', label: 'Fetch the password and the keys', url: welcome.claimUrl },
    paragraph('Then log in with the user name below. You will be asked to choose a password of your own.'),
    { kind: 'value', label: 'User name', value: welcome.username },
    { kind: 'link', label: 'Log in', url: welcome.adminUrl },
    paragraph('If you did not expect this mail, ignore it: without the link above nobody gets in.'),
  ]);
}
