import type { Rendered } from '../../../providers/mail/layout';

/** A mail that is ready to be sent, or why it is not to be sent. */
export type Composed =
  { to: string; content: Rendered } | { unwanted: 'obsolete' | 'expired'; problem?: string | undefined };

export const OBSOLETE: Composed = { unwanted: 'obsolete' };

export const KEY_GONE =
  'The tenant’s key was destroyed before the mail server accepted this mail, so the address can no longer be read. Tell the customer in another way.';
