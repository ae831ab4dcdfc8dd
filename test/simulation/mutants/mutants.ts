import { replaceOnce } from '../../helpers/documents/project-copy';

/** Reverts one part of a fix. */
interface Edit {
  file: string;
  /** Occurs exactly once in the file. */
  text: string;
  instead: string;
}

/** A fault put back into the product, by reverting every part of its fix. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
}

/** Faults the product once had. They show that the simulation still finds real faults. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a refused login is taken for a wrong password',
    edits: [
      {
        file: 'providers/keycloak/passwords/passwords.ts',
        text: 'if (answer !== REFUSED) return answer;',
        instead: 'return answer;',
      },
      { file: 'providers/keycloak/passwords/passwords.ts', text: 'await account.forgive();', instead: '' },
      { file: 'activities/verification/probes.ts', text: 'if (!checks.some(about)) break;', instead: 'break;' },
    ],
  },
  {
    name: 'an outage uses up the attempts of a step',
    edits: [
      {
        file: 'worker/patience.ts',
        text: 'if (!isOutage(type)) return',
        instead: 'if (type !== undefined) return',
      },
    ],
  },
  {
    name: 'a message that cannot be decrypted fails every workflow task',
    edits: [
      {
        file: 'contract/temporal/data-converter.ts',
        text: 'payloadCodecs: [lenientForWorkflows(createPayloadCodec(ring))]',
        instead: 'payloadCodecs: [createPayloadCodec(ring)]',
      },
    ],
  },
  {
    name: 'an undo does not wait for what an unanswered request may still make',
    edits: [
      {
        file: 'activities/effects/ensure.ts',
        text: 'const { pool, lateRequestSeconds, repeatedRequestSeconds } = dependencies;',
        instead: 'const { pool, repeatedRequestSeconds } = dependencies;\n  const lateRequestSeconds = 1;',
      },
    ],
  },
  {
    name: 'an undo does not wait for a second delivery of an answered request',
    edits: [
      {
        file: 'activities/effects/ensure.ts',
        text: 'const again = kind.actsOnce ? null : repeatedRequestSeconds;',
        instead: 'const again = null;',
      },
    ],
  },
  {
    name: 'the deadline overtakes an approval that was accepted',
    edits: [
      {
        file: 'workflows/provision/approval.ts',
        text: 'const loaded: DecisionLoaded =',
        instead: `if (!heard) {
          run.approval = 'expired';
          throw runFailure('ApprovalExpired', 'No decision arrived before the deadline.');
        }
        const loaded: DecisionLoaded =`,
      },
    ],
  },
  {
    name: 'a mail that cannot be sent now is given up',
    edits: [
      {
        file: 'activities/notices/mail/mail-delivery.ts',
        text: 'else await postponeMail(pool, mailId, message);',
        instead: "else await settleMail(pool, mailId, 'refused', message);",
      },
    ],
  },
];

/**
 * Calls `change` with the file and the rewrite of each edit, in their order. The rewrite throws unless its text occurs exactly once: then
 * the product has changed, and the mutant must follow.
 */
export function putBack({ edits }: Mutant, change: (file: string, edit: (source: string) => string) => void): void {
  for (const { file, text, instead } of edits) change(file, (source) => replaceOnce(source, text, instead, file));
}
