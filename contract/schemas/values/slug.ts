import { z } from 'zod';

const MOST_ENTRIES = 100;

/** A lower-case name chosen by the platform: a feature, an integration, a role, a region. */
export const slug = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
    'Must be a lower-case name: a letter, then letters, digits and single hyphens.',
  )
  .max(63, 'Is longer than 63 characters.');

/** A list of at most 100 distinct {@link slug}s. */
export function slugs(what: string): z.ZodArray<typeof slug> {
  return z
    .array(slug)
    .max(MOST_ENTRIES, `Has more than ${MOST_ENTRIES} ${what}. Leave some out.`)
    .superRefine((entries, context) => {
      const seen = new Set<string>();
      entries.forEach((entry, index) => {
        if (seen.has(entry))
          context.addIssue({ code: 'custom', path: [index], message: 'Is in the list twice. Remove one.' });
        seen.add(entry);
      });
    });
}
