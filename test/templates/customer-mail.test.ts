import { loadTemplates } from '../../templates/load';
import { withEdited } from './copy';

test.each([
  [
    'locale: en #',
    'locale: fr #',
    '/customerMail/locale: fr is no tag of a language that mails are written in: en, de',
  ],
  ['timeZone: UTC', 'timeZone: Atlantis/Capital', '/customerMail/timeZone: Atlantis/Capital is not a time zone'],
  ['progress: []', 'progress: [everyone]', '/customerMail/progress/0'],
  ['progress: []', 'progress: [contact, contact]', '/customerMail/progress/1: contact occurs twice'],
  ['progress: []', 'prog: []', '/customerMail'],
])('a template with %s changed to %s is refused', (before, after, reason) => {
  const load = () => withEdited('starter', (yaml) => yaml.replace(before, after), loadTemplates);
  expect(load).toThrow(reason);
});
