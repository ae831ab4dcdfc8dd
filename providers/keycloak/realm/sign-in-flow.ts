import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type AuthenticationExecutionInfoRepresentation from '@keycloak/keycloak-admin-client/lib/defs/authenticationExecutionInfoRepresentation';
import { failure } from '../../port/failures';
import { entriesOf, unlessExists } from '../answers';

/** What happens when someone signs in through their company's identity provider for the first time. */
export const SIGN_IN_FLOW = 'company sign-in';

/** The flow of Keycloak that it is made from, which also makes people members of the organization. */
const MODEL = 'first broker login';

const LINKS = 'idp-auto-link';
const ASKS = 'idp-confirm-link';

/** Steps of the model with which a person proves that an account is theirs, by a mail or by its password. */
const PROOFS = `${SIGN_IN_FLOW} Account verification options`;

/**
 * Creates or corrects the flow. It differs from Keycloak's in one thing: a person whose account exists gets it without being asked. The account's
 * name contains the tenant and the address, whose domain the tenant has proved, so it was made for this person: by the company's directory, or by
 * an earlier connection of the same company.
 * Source: Keycloak 26 Admin REST API, `/admin/realms/{realm}/authentication/flows`.
 */
export async function ensureSignInFlow(client: KeycloakAdminClient): Promise<void> {
  const flows = await entriesOf(client.authenticationManagement.getFlows());
  if (!flows.some(({ alias }) => alias === SIGN_IN_FLOW))
    await unlessExists(client.authenticationManagement.copyFlow({ flow: MODEL, newName: SIGN_IN_FLOW }));
  let steps = await stepsOf(client);
  if (!steps.some(({ providerId }) => providerId === LINKS)) {
    const existing = steps.find(({ providerId }) => providerId === ASKS);
    const parent = existing && parentOf(steps, existing);
    if (!parent?.displayName)
      throw failure(
        'ProviderRefused',
        `Keycloak’s flow “${MODEL}” has been changed so that it cannot be built upon. Restore it.`,
      );
    await client.authenticationManagement.addExecutionToFlow({ flow: parent.displayName, provider: LINKS });
    steps = await stepsOf(client);
  }
  for (const step of steps) {
    const wanted = requirementOf(step);
    if (wanted !== undefined && step.requirement !== wanted)
      await client.authenticationManagement.updateExecution({ flow: SIGN_IN_FLOW }, { ...step, requirement: wanted });
  }
}

function stepsOf(client: KeycloakAdminClient): Promise<AuthenticationExecutionInfoRepresentation[]> {
  return entriesOf(client.authenticationManagement.getExecutions({ flow: SIGN_IN_FLOW }));
}

/** The sub-flow that a step is in: the nearest one before it that is one level up. */
function parentOf(
  steps: readonly AuthenticationExecutionInfoRepresentation[],
  step: AuthenticationExecutionInfoRepresentation,
) {
  const before = steps.slice(0, steps.indexOf(step));
  return before.findLast(({ level }) => level === (step.level ?? 0) - 1);
}

function requirementOf({ providerId, displayName }: AuthenticationExecutionInfoRepresentation): string | undefined {
  if (providerId === LINKS) return 'REQUIRED';
  return providerId === ASKS || displayName === PROOFS ? 'DISABLED' : undefined;
}
