import type { OperationKind } from '../../contract/operations/kinds';
import type { OperationStatus } from '../../contract/operations/states';

/** What a mail to the operators says about one kind of operation. */
export interface KindWords {
  /** Subject of a sentence: "The suspension". */
  noun: string;
  /** What could not be done to the tenant, if the operation failed. */
  participle: string;
  /** How everything is once the operation has ended without success. `it` stands for the tenant. */
  asBefore: (it: 'It' | 'The tenant') => string;
  /** On hold: introduces the resources that the operation has made or changed. */
  held: string;
  /** On hold: says that there are none. */
  nothingHeld: string;
  /** With leftovers: introduces them. */
  leftovers: string;
  /** What is blocked until an operator decides. */
  blocked: string;
  /** Purpose of `compensate`. */
  giveUp: string;
  /** Purpose of `retry`, with leftovers. */
  retryLeftovers: string;
  /** Purpose of `accept`. */
  accept: string;
}

const CHANGE = {
  held: 'These resources have been changed, and stay so while the operation is on hold:',
  nothingHeld: 'No resource has been changed yet.',
  leftovers: 'These resources could not be changed back, and wait for your decision:',
  blocked: 'Until you decide, the operation stays open, and no other operation of the tenant can begin.',
  retryLeftovers: 'To retry the undo, once its cause is gone',
  accept: 'To put these leftovers right by hand, so that the run ends',
};

const WORDS: Record<OperationKind, KindWords> = {
  provision: {
    noun: 'The provisioning',
    participle: 'provisioned',
    asBefore: () => 'No resource is left at any provider',
    held: 'These resources have been made, and stay while the operation is on hold:',
    nothingHeld: 'No resource has been made yet.',
    leftovers: 'These resources could not be released, and wait for your decision:',
    blocked: 'Until you decide, the operation stays open and its tenant name stays taken.',
    giveUp: 'To give up and undo everything',
    retryLeftovers: CHANGE.retryLeftovers,
    accept: 'To take these leftovers over by hand, so that the run ends and the name becomes free',
  },
  suspend: {
    ...CHANGE,
    noun: 'The suspension',
    participle: 'suspended',
    asBefore: (it) => `${it} is open as before`,
    giveUp: 'To give up and open everything as before',
  },
  resume: {
    ...CHANGE,
    noun: 'The resumption',
    participle: 'resumed',
    asBefore: (it) => `${it} is suspended as before`,
    giveUp: 'To give up and close everything as before',
  },
  'configure-sso': {
    ...CHANGE,
    noun: 'The configuration of single sign-on',
    participle: 'given its new single sign-on',
    asBefore: () => 'Its single sign-on is as before',
    giveUp: 'To give up and go back to the single sign-on from before',
  },
  'connect-domain': {
    ...CHANGE,
    noun: 'The connection of the custom domain',
    participle: 'given its custom domain',
    asBefore: () => 'Its custom domain is as before',
    giveUp: 'To give up and go back to the route from before',
  },
  deprovision: {
    ...CHANGE,
    noun: 'The removal',
    participle: 'removed',
    asBefore: (it) => `Nothing was deleted, and ${it.toLowerCase()} is as before`,
    held: 'Nothing has been deleted. These resources have been closed, and stay so while the operation is on hold:',
    nothingHeld: 'Nothing has been deleted or closed.',
    giveUp: 'To call the removal off and give back what was open before',
  },
  reconcile: {
    ...CHANGE,
    noun: 'The reconciliation',
    participle: 'reconciled',
    asBefore: (it) => `What was mended stays mended, and ${it.toLowerCase()} is otherwise as before`,
    giveUp: 'To give up, so that the remaining differences stay',
  },
};

/** A removal after its pivot: it only goes forward. */
const REMOVING: KindWords = {
  ...WORDS.deprovision,
  leftovers: 'The tenant is being removed. These resources could not be removed, and wait for your decision:',
  blocked: 'Until you decide, the operation stays open and the tenant’s name stays taken.',
  retryLeftovers: 'To retry the removal, once its cause is gone',
  accept: 'To take these leftovers over by hand, so that the removal goes on without them',
};

/** The words for an operation, before or after its pivot. */
export function wordsFor(kind: OperationKind, pastPivot: boolean): KindWords {
  return kind === 'deprovision' && pastPivot ? REMOVING : WORDS[kind];
}

/** How an operation has ended. `excepted`: an operator has taken leftovers over, which are listed after the sentence. */
export function endingOf(kind: OperationKind, status: OperationStatus, excepted: boolean): string {
  const { noun, participle, asBefore } = WORDS[kind];
  const except = excepted ? ', except for what an operator has taken over:' : '.';
  switch (status) {
    case 'active':
      return `The tenant is active and stays active${except}`;
    case 'completed':
      return `The tenant is ${participle}${except}`;
    case 'removing':
      return `${noun} goes on by itself${except}`;
    case 'cancelled':
      return `${noun} was cancelled. ${asBefore('The tenant')}${except}`;
    case 'rejected':
      return `The order was not approved. ${asBefore('The tenant')}${except}`;
    default:
      return `The tenant could not be ${participle}. ${asBefore('It')}${except}`;
  }
}
