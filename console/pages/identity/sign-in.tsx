import { Domains } from './domains';
import { Sso } from './sso';

/** How the people of a tenant sign in: the company's domains, and its own identity provider. */
export function SignIn({ tenantId }: { tenantId: string }) {
  return (
    <>
      <Sso tenantId={tenantId} />
      <Domains tenantId={tenantId} />
    </>
  );
}
