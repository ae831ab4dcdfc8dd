import { useState } from 'react';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { Facts, Section } from '../../parts/section';
import { EmptyState } from '../../parts/states/empty-state';
import { Reading } from '../../parts/states/reading';
import { Time } from '../../parts/time';
import { connectOidc, connectSaml } from './connect';

type Connection = NonNullable<components['schemas']['TenantSso']['connection']>;

/** The company's own identity provider. */
export function Sso({ tenantId }: { tenantId: string }) {
  const [said, setSaid] = useState<readonly string[]>([]);
  const mayCall = useMayCall();
  return (
    <Reading
      of={['tenant', { id: tenantId, part: 'sso' }]}
      read={(signal) =>
        dataOf(api.GET('/v1/tenants/{tenantId}/identity/sso', { params: { path: { tenantId } }, signal }))
      }
    >
      {({ connection, redirectUri }) => (
        <Section
          title="Single sign-on"
          note="People with addresses in the domains sign in at their company."
          actions={
            mayCall('configureSso') && (
              <>
                <VerbButton verb={connectOidc(tenantId, connection, onDone)} />
                <VerbButton verb={connectSaml(tenantId, connection, onDone)} />
                {connection?.oidc && <VerbButton verb={test(tenantId, setSaid)} />}
                {connection && <VerbButton verb={end(tenantId)} />}
              </>
            )
          }
        >
          <Facts facts={[['Redirect URI', redirectUri && <code>{redirectUri}</code>]]} />
          {connection ? (
            <Facts facts={factsOf(connection)} />
          ) : (
            <EmptyState title="No single sign-on">People sign in with passwords.</EmptyState>
          )}
          <ul role="status">
            {said.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </Section>
      )}
    </Reading>
  );
}

function factsOf({ oidc, saml, domains, groups, rules, since, changing }: Connection) {
  return [
    ['Issuer', oidc?.issuer],
    ['Client', oidc?.clientId],
    ['Entity', saml?.entityId],
    ['Domains', domains.join(', ')],
    ['Everyone is in', groups.length === 0 ? 'no group' : groups.join(', ')],
    ['Rules', rules.map(({ claim, value, group }) => `${claim} = ${value} → ${group}`).join('; ') || 'none'],
    ['Since', <Time key="since" at={since} />],
    ['Now', changing ? 'an operation is changing it' : undefined],
  ] as const;
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function test(tenantId: string, say: (words: readonly string[]) => void): Verb {
  return {
    label: 'Test',
    title: 'Ask the company’s identity provider?',
    consequence: <p>Its documents are read, and our client and its secret are tried. Nothing is changed.</p>,
    run: async () => {
      const { findings } = await dataOf(
        api.POST('/v1/tenants/{tenantId}/identity/sso:test', { params: { path: { tenantId } }, body: {} }),
      );
      say(findings.map(({ outcome, message }) => `${outcome}: ${message}`));
    },
  };
}

function end(tenantId: string): Verb {
  return {
    label: 'End',
    title: 'End single sign-on?',
    tone: 'danger',
    consequence: <p>People keep their accounts, but those without a password cannot sign in.</p>,
    run: ({ idempotencyKey }) =>
      dataOf(
        api.DELETE('/v1/tenants/{tenantId}/identity/sso', {
          params: { path: { tenantId }, header: { 'Idempotency-Key': idempotencyKey } },
        }),
      ),
    onDone,
  };
}
