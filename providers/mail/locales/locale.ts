import {
  knownTimeZone,
  MAIL_LANGUAGES,
  mailLanguage,
  type MailLanguage,
} from '../../../contract/maintenance/customer-mail';
import type { Language } from '../rendering/blocks';
import type { Catalogue } from './catalogue';
import { DE } from './de';
import { EN } from './en';

/** The texts in each language. */
export const CATALOGUES: Record<MailLanguage, Catalogue> = { en: EN, de: DE };

/** The language of a mail, and how it shows times. */
export interface Locale extends Language {
  texts: Catalogue;
  /** A date and time with its time zone, such as `24 November 2026 at 09:30 UTC`. */
  time(date: Date): string;
}

/** What decides on the language and the times of a mail. Values that are not known here are skipped. */
export interface LocaleWishes {
  /** BCP 47 tags, the most wanted first. */
  languages?: readonly unknown[];
  /** IANA names of time zones, the most wanted first; UTC if there is none. */
  timeZones?: readonly unknown[];
}

/** The locale that comes closest to these wishes. */
export function localeOf({ languages = [], timeZones = [] }: LocaleWishes = {}): Locale {
  const wanted = languages.find((tag): tag is string => mailLanguage(tag) !== undefined);
  const texts = CATALOGUES[mailLanguage(wanted) ?? MAIL_LANGUAGES[0]];
  const tag = regionalTag(wanted, texts);
  const format = new Intl.DateTimeFormat(tag, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timeZones.map(knownTimeZone).find((zone) => zone !== undefined) ?? 'UTC',
    timeZoneName: 'short',
  });
  return { tag, direction: texts.direction, texts, time: (date) => format.format(date) };
}

/** The catalogue's language as in the region of the wanted tag, whose other parts, such as a calendar, do not concern mails. */
function regionalTag(wanted: string | undefined, { tag }: Catalogue): string {
  if (wanted === undefined) return tag;
  const { language, region } = new Intl.Locale(wanted);
  return region === undefined ? tag : `${language}-${region}`;
}
