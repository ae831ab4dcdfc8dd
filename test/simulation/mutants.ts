import { replaceOnce } from '../helpers/project-copy';

/** A fault put back into the product. */
export interface Mutant {
  name: string;
  file: string;
  /** Occurs exactly once in the file. */
  text: string;
  instead: string;
}

/** Faults the product once had. The simulation is worth its time only as long as it finds them. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a refused login is taken for a wrong password',
    file: 'activities/adapters/keycloak/passwords.ts',
    text: 'if (answer !== REFUSED) return answer;',
    instead: 'return answer;',
  },
  {
    name: 'an outage uses up the attempts of a step',
    file: 'activities/patience.ts',
    text: 'if (!isOutage(type)) return',
    instead: 'if (type !== undefined) return',
  },
  {
    name: 'a message that cannot be decrypted fails every workflow task',
    file: 'contract/data-converter.ts',
    text: 'payloadCodecs: [lenientForWorkflows(createPayloadCodec(ring))]',
    instead: 'payloadCodecs: [createPayloadCodec(ring)]',
  },
  {
    name: 'an undo does not wait for what an unanswered request may still make',
    file: 'activities/effect.ts',
    text: 'const { pool, keys, lateRequestSeconds } = dependencies;',
    instead: 'const { pool, keys } = dependencies;\n  const lateRequestSeconds = 1;',
  },
  {
    name: 'the deadline overtakes an approval that was accepted',
    file: 'workflows/approval.ts',
    text: 'const loaded: DecisionLoaded =',
    instead: `if (!heard) {
      run.approval = 'expired';
      throw runFailure('ApprovalExpired', 'Nobody decided before the deadline.');
    }
    const loaded: DecisionLoaded =`,
  },
  {
    name: 'a mail that cannot be sent now is given up',
    file: 'activities/mail-delivery.ts',
    text: 'else await postponeMail(pool, mailId, message);',
    instead: "else await settleMail(pool, mailId, 'refused', message);",
  },
];

/** The file with the fault in it. Throws where the text is not there exactly once: the product has changed, and the mutant must follow. */
export function mutated(source: string, { file, text, instead }: Mutant): string {
  return replaceOnce(source, text, instead, file);
}
