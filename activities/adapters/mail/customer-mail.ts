import type { FailureType } from '../../../contract/failures';
import type { OperationFailure } from '../../../contract/messages';
import { paragraph, render, type Rendered } from './layout';
import { quoted } from './text';

/** A tenant that will not come to be, as its first admin is told. */
export interface NotSetUp {
  organizationName: string;
  /** The only id of ours that is in it: what to name when asking. */
  operationId: string;
  failure: Pick<OperationFailure, 'type' | 'pointer'>;
  /** What the approver who rejected the order wrote. */
  comment?: string | undefined;
}

/** What the customer can correct, in words that need no knowledge of ours. */
const TO_CORRECT: Partial<Record<FailureType, string>> = {
  PlanNotFound: 'The plan that was ordered is not on offer. Please order again with one that is.',
  FeatureNotInPlan:
    'A feature that was ordered is not part of the plan. Please order again without it, or with a plan that has it.',
  IntegrationNotInPlan:
    'An integration that was ordered is not part of the plan. Please order again without it, or with a plan that has it.',
  CustomizationNotAllowed:
    'The order changes something that the plan does not let it change. Please order again without that.',
  CustomizationInvalid:
    'The order changes the plan in a way that is not possible. Please correct that and order again.',
  RegionNotFound: 'The place that the order names for your data does not exist. Please order again with another one.',
  ResidencyNotPossible:
    'Your data cannot be kept where the order asks for it. Please order again with another country or region.',
  TransferNotAllowed:
    'Something that was ordered would send your data to a country where it may not be. Please order again without it, or with another place for your data.',
  CapabilityMissing:
    'Something that was ordered is not available where your data is to be kept. Please order again without it, or for another region.',
  PaymentMethodDeclined:
    'The payment method cannot be used for later payments. Please order again with another one, for example a card. If it is a card, your bank can tell you why it was declined.',
};

/** Without a field in the order it is no fault of the order, but for these. */
const NOT_APPROVED =
  'Something that was ordered needs an approval, and it was not approved. You can order again without it.';
const OURS =
  'It failed for technical reasons on our side. There is nothing you need to correct; please order again later.';

/** The mail to the first admin of a tenant that is being undone: what concerns them and nothing of how it works here. */
export function customerMail({ organizationName, operationId, failure, comment = '' }: NotSetUp): Rendered {
  const name = quoted(organizationName);
  return render(`${name} could not be set up`, [
    paragraph(`The space of ${name} could not be set up. ${reasonOf(failure)}`),
    ...(comment === '' ? [] : [paragraph(`The reason that was given: ${quoted(comment)}`)]),
    paragraph('Nothing was charged. What had been prepared is being removed.'),
    paragraph('If you ask us about it, please name this reference.'),
    { kind: 'value', label: 'Reference', value: operationId },
    paragraph('If you did not expect this mail, ignore it.'),
  ]);
}

function reasonOf({ type, pointer }: NotSetUp['failure']): string {
  if (type === 'ApprovalRejected' || type === 'ApprovalExpired') return NOT_APPROVED;
  const known = Object.hasOwn(TO_CORRECT, type) ? TO_CORRECT[type as FailureType] : undefined;
  return pointer === undefined || known === undefined ? OURS : known;
}
