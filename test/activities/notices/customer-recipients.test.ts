import { customerRecipients } from '../../../activities/notices/mail/customer-recipients';
import { loadTemplates } from '../../../templates/load';
import type { ProvisioningTemplate } from '../../../templates/template';
import { TEMPLATES } from '../../templates/copy';

const templates = loadTemplates(TEMPLATES);

test('a more expensive plan tells its customer more', () => {
  expect(templates.list().map((template) => customerRecipients(template, 'progress').length)).toEqual([0, 1, 2]);
  expect(templates.list().map((template) => customerRecipients(template, 'completion').length)).toEqual([0, 1, 1]);
});

test('a template from before plans could choose tells the first admin of failures and changes', () => {
  const older: ProvisioningTemplate = { ...templates.get('enterprise'), customerMail: undefined };
  expect(customerRecipients(older, 'progress')).toEqual([]);
  expect(customerRecipients(older, 'completion')).toEqual([]);
  expect(customerRecipients(older, 'errors')).toEqual(['first-admin']);
  expect(customerRecipients(older, 'lifecycle')).toEqual(['first-admin']);
});
