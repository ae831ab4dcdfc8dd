import { Domains } from './domains';
import { SsoLinks } from './links';
import { Sso } from './sso';

/** How the people of a tenant sign in: the company's own identity provider, who may connect it, and its domains. */
export function SignIn({ tenantId }: { tenantId: string }) {
  return (
    <>
      <Sso tenantId={tenantId} />
      <SsoLinks tenantId={tenantId} />
      <Domains tenantId={tenantId} />
    </>
  );
}
