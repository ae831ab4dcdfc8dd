import { z } from 'zod';

/**
 * Unquoted ASCII addresses (RFC 5322 atext and dots) with a domain of at least two labels; no comments, quoted local parts or address
 * literals. An address must not begin with a hyphen, because programs would take it for an option.
 */
const ADDRESS =
  /^(?!-)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:xn--[A-Za-z0-9-]{1,59}|[A-Za-z]{2,63})$/;

/** Limits of RFC 5321 4.5.3.1. */
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;

/**
 * An e-mail address that every mail server understands: ASCII, at most 254 characters, no line breaks, comments or quotes. Surrounding
 * blanks are trimmed.
 */
export const emailAddress = z
  .string({
    error: ({ input }) =>
      input === undefined ? 'This field is missing. Give the e-mail address for the invitation.' : undefined,
  })
  .trim()
  .check(
    z.email({
      pattern: ADDRESS,
      error:
        'Is not an e-mail address such as ada@example.com. Comments, quotes and line breaks are not allowed; write an international domain in its ASCII form (xn--…).',
    }),
  )
  .max(LONGEST_ADDRESS, `Is longer than ${LONGEST_ADDRESS} characters, which no mail server delivers to.`)
  .refine((address) => address.indexOf('@') <= LONGEST_LOCAL_PART, {
    error: `Has more than ${LONGEST_LOCAL_PART} characters before the @, which no mail server delivers to.`,
  })
  .meta({ description: 'The address to which the invitation is sent.', example: 'ada@example.com' });
