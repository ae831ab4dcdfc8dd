import { useEffect, useId, useState } from 'react';
import { useSearchParams } from 'wouter';
import { inWords } from '../state-badge';

/** Filters of a list by name. They live in the page's address, so a filtered list can be linked and survives a reload. */
export function useFilters<const Name extends string>(
  names: readonly Name[],
): [Partial<Record<Name, string>>, (changes: Partial<Record<Name, string | undefined>>) => void] {
  const [search, setSearch] = useSearchParams();
  const values: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search.get(name);
    if (value !== null && value !== '') values[name] = value;
  }
  const change = (changes: Partial<Record<Name, string | undefined>>): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes) as [Name, string | undefined][])
          if (value === undefined || value === '') next.delete(name);
          else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return [values, change];
}

/** A filter with a few values; the first choice is all of them. */
export function ChoiceFilter({ label, value, choices, wordsOf = inWords, onChange }: ChoiceFilterProps) {
  const id = useId();
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ''} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">All</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {wordsOf(choice)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What a {@link ChoiceFilter} needs. */
export interface ChoiceFilterProps {
  label: string;
  value: string | undefined;
  choices: readonly string[];
  /** A choice for people; its name in words by default. */
  wordsOf?: (choice: string) => string;
  onChange: (value: string | undefined) => void;
}

/** Milliseconds after the last key until a list is searched. */
const SETTLE_MS = 250;

/** A filter in words. It takes effect once typing pauses. */
export function TextFilter({ label, value, hint, onChange }: TextFilterProps) {
  const id = useId();
  const [text, setText] = useState(value ?? '');
  const [known, setKnown] = useState(value);
  // Changed from outside, for instance by the browser's way back.
  if (known !== value) {
    setKnown(value);
    setText(value ?? '');
  }
  useEffect(() => {
    if (text === (value ?? '')) return;
    const timer = setTimeout(() => onChange(text.trim() || undefined), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="search" value={text} placeholder={hint} onChange={(event) => setText(event.target.value)} />
    </div>
  );
}

/** What a {@link TextFilter} needs. */
export interface TextFilterProps {
  label: string;
  value: string | undefined;
  hint?: string;
  onChange: (value: string | undefined) => void;
}
