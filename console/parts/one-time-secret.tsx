import { Id } from './id';
import './one-time-secret.css';

/** A secret that the API shows once. It stays on the page until the viewer confirms having stored it. */
export function OneTimeSecret({ what, secret, onStored }: { what: string; secret: string; onStored: () => void }) {
  return (
    <div className="one-time" role="alert">
      <p>
        <strong>Store the {what} now.</strong> It is not shown again.
      </p>
      <Id id={secret} what={what} />
      <button type="button" className="button" onClick={onStored}>
        I have stored it
      </button>
    </div>
  );
}
