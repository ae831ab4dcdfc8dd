import { signInAddress } from '../../api/session';

/** All that a visitor sees. */
export function SignIn() {
  return (
    <main className="sign-in">
      <h1>Tenant provisioner</h1>
      <p>Sign in with your staff account to see and operate tenants.</p>
      <a className="button" data-tone="primary" href={signInAddress()}>
        Sign in
      </a>
    </main>
  );
}
