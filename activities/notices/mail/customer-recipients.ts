import type { CustomerMailGroup, CustomerRecipient } from '../../../contract/maintenance/customer-mail';
import type { ProvisioningTemplate } from '../../../templates/template';

/** Recipients in plans whose template does not choose. */
const DEFAULTS: Record<CustomerMailGroup, readonly CustomerRecipient[]> = {
  progress: [],
  completion: [],
  errors: ['first-admin'],
  lifecycle: ['first-admin'],
};

/** The recipients at a customer of a group of mails, according to the template stored with an operation. */
export function customerRecipients(
  { customerMail }: Pick<ProvisioningTemplate, 'customerMail'>,
  group: CustomerMailGroup,
): readonly CustomerRecipient[] {
  return customerMail?.[group] ?? DEFAULTS[group];
}
