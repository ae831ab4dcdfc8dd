import { replaceOnce } from '../helpers/project-copy';

/** Undoes one mend. */
interface Edit {
  file: string;
  /** Occurs exactly once in the file. */
  text: string;
  instead: string;
}

/** A fault put back into the product, by undoing every mend of it. */
export interface Mutant {
  name: string;
  edits: readonly Edit[];
}

/** Faults the product once had. The simulation is worth its time only as long as it finds them. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a refused login is taken for a wrong password',
    edits: [
      {
        file: 'activities/adapters/keycloak/passwords.ts',
        text: 'if (answer !== REFUSED) return answer;',
        instead: 'return answer;',
      },
      { file: 'activities/adapters/keycloak/passwords.ts', text: 'await account.forgive();', instead: '' },
      { file: 'activities/probes.ts', text: 'if (!checks.some(about)) break;', instead: 'break;' },
    ],
  },
  {
    name: 'an outage uses up the attempts of a step',
    edits: [
      {
        file: 'activities/patience.ts',
        text: 'if (!isOutage(type)) return',
        instead: 'if (type !== undefined) return',
      },
    ],
  },
  {
    name: 'a message that cannot be decrypted fails every workflow task',
    edits: [
      {
        file: 'contract/data-converter.ts',
        text: 'payloadCodecs: [lenientForWorkflows(createPayloadCodec(ring))]',
        instead: 'payloadCodecs: [createPayloadCodec(ring)]',
      },
    ],
  },
  {
    name: 'an undo does not wait for what an unanswered request may still make',
    edits: [
      {
        file: 'activities/effect.ts',
        text: 'const { pool, keys, lateRequestSeconds } = dependencies;',
        instead: 'const { pool, keys } = dependencies;\n  const lateRequestSeconds = 1;',
      },
    ],
  },
  {
    name: 'the deadline overtakes an approval that was accepted',
    edits: [
      {
        file: 'workflows/approval.ts',
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
        file: 'activities/mail-delivery.ts',
        text: 'else await postponeMail(pool, mailId, message);',
        instead: "else await settleMail(pool, mailId, 'refused', message);",
      },
    ],
  },
];

/**
 * Calls `change` with the file and the rewrite of each edit, in their order. The rewrite throws unless its text occurs exactly once: the product
 * has changed, and the mutant must follow.
 */
export function putBack({ edits }: Mutant, change: (file: string, edit: (source: string) => string) => void): void {
  for (const { file, text, instead } of edits) change(file, (source) => replaceOnce(source, text, instead, file));
}
