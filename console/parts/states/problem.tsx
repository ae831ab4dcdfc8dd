import { ApiError, ConnectionFailed } from '../../../clients/typescript/src/errors';
import { Icon } from '../icon';
import { Prose } from '../prose';

/** What went wrong, in the API's own words: what, why, and what to do now. */
export function Problem({ error }: { error: unknown }) {
  const { title, detail, errors } = wordsOf(error);
  return (
    <div role="alert" className="problem">
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        {detail && (
          <p>
            <Prose text={detail} />
          </p>
        )}
        {errors.length > 0 && (
          <ul>
            {errors.map(({ pointer, detail: why }) => (
              <li key={`${pointer} ${why}`}>
                {pointer && <code>{pointer}</code>} <Prose text={why} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** An error in words. Those of the API are made for people; anything else is a defect of the console or of the way to the API. */
export function wordsOf(error: unknown): { title: string; detail?: string | undefined; errors: ApiError['errors'] } {
  if (error instanceof ApiError) return { title: error.title, detail: error.detail, errors: error.errors };
  if (error instanceof ConnectionFailed)
    return {
      title: 'The API does not answer',
      detail: 'Nothing may have happened, or the answer was lost. Look at the present state before you try again.',
      errors: [],
    };
  const detail = error instanceof Error ? error.message : String(error);
  return {
    title: 'The console has failed',
    detail: `Reload the page; if it happens again, report this: ${detail}`,
    errors: [],
  };
}
