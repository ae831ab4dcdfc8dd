import { useState } from 'react';
import { Icon } from './icon';

/** An id with a button that copies it. `what` names it for screen readers, such as "operation id". */
export function Id({ id, what }: { id: string; what: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <span className="id">
      <code>{id}</code>
      <button type="button" className="icon-button" onClick={() => void copy()} title={`Copy the ${what}`}>
        <Icon name={isCopied ? 'check' : 'copy'} />
        <span className="visually-hidden">Copy the {what}</span>
      </button>
      <span role="status" className="visually-hidden">
        {isCopied && 'Copied'}
      </span>
    </span>
  );
}
