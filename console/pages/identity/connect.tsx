import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { TextArea, TextField } from '../../parts/forms/field';
import { textOf } from '../../parts/forms/form-values';
import type { Verb } from '../../parts/forms/verb';

type Connection = components['schemas']['TenantSso']['connection'];
type Configuration = components['schemas']['ConfigureSsoRequest'];

/** Connects an identity provider by OpenID Connect. Rules and groups of the present connection stay. */
export function connectOidc(tenantId: string, connection: Connection, onDone: () => void): Verb {
  return {
    label: 'Connect by OpenID Connect',
    title: 'Connect the company’s identity provider?',
    consequence: <Consequence />,
    fields: (
      <>
        <TextField name="issuer" label="Issuer" required defaultValue={connection?.oidc?.issuer} />
        <TextField name="clientId" label="Client id" required defaultValue={connection?.oidc?.clientId} />
        <TextField
          name="clientSecret"
          label="Client secret"
          type="password"
          autoComplete="off"
          hint={connection?.oidc ? 'Empty: the present one.' : undefined}
        />
        <Common connection={connection} />
      </>
    ),
    run: ({ form, idempotencyKey }) => {
      const clientSecret = textOf(form, 'clientSecret');
      const oidc = {
        issuer: textOf(form, 'issuer'),
        clientId: textOf(form, 'clientId'),
        ...(clientSecret !== '' && { clientSecret }),
      };
      return configure(tenantId, idempotencyKey, { oidc, ...commonOf(form, connection) });
    },
    onDone,
  };
}

/** Connects an identity provider by SAML 2.0. */
export function connectSaml(tenantId: string, connection: Connection, onDone: () => void): Verb {
  return {
    label: 'Connect by SAML',
    title: 'Connect the company’s identity provider?',
    consequence: <Consequence />,
    fields: (
      <>
        <TextField name="metadataUrl" label="Metadata URL" type="url" />
        <TextArea name="metadata" label="or the metadata as XML" rows={6} />
        <Common connection={connection} />
      </>
    ),
    run: ({ form, idempotencyKey }) => {
      const [metadata, metadataUrl] = [textOf(form, 'metadata'), textOf(form, 'metadataUrl')];
      const saml = metadata === '' ? { metadataUrl } : { metadata };
      return configure(tenantId, idempotencyKey, { saml, ...commonOf(form, connection) });
    },
    onDone,
  };
}

function Consequence() {
  return (
    <p>
      The identity provider is asked first. Then people who type an address in one of the domains are sent there. If it
      fails, everything is as before.
    </p>
  );
}

function Common({ connection }: { connection: Connection }) {
  return (
    <>
      <TextField
        name="domains"
        label="Domains"
        required
        hint="Proved ones, separated by commas."
        defaultValue={connection?.domains.join(', ')}
      />
      <TextField
        name="groups"
        label="Groups in which everyone is"
        hint="Of the plan, separated by commas."
        defaultValue={connection?.groups.join(', ')}
      />
    </>
  );
}

function commonOf(form: FormData, connection: Connection) {
  return { domains: listOf(form, 'domains'), groups: listOf(form, 'groups'), rules: connection?.rules ?? [] };
}

function listOf(form: FormData, name: string): string[] {
  return textOf(form, name)
    .split(/[\s,]+/)
    .filter((each) => each !== '');
}

function configure(tenantId: string, idempotencyKey: string, body: Configuration): Promise<unknown> {
  return dataOf(
    api.PUT('/v1/tenants/{tenantId}/identity/sso', {
      params: { path: { tenantId }, header: { 'Idempotency-Key': idempotencyKey } },
      body,
    }),
  );
}
