import { useInterrupted } from '../api/connectivity';

/** Says that the API does not answer at present. What is shown stays, and is read again by itself. */
export function Interruption() {
  const isInterrupted = useInterrupted();
  return (
    <div role="status" aria-live="polite" className="interruption" data-shown={isInterrupted}>
      {isInterrupted &&
        'Reconnecting… The API does not answer. What you see may be out of date; it is updated by itself.'}
    </div>
  );
}
