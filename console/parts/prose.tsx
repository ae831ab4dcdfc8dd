import { Fragment } from 'react';
import { Time } from './time';

/** A time as the API writes it into its sentences. */
const MOMENT = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g;

/** A text of the API. Names between backticks are code, and times are in the viewer's zone like all others. */
export function Prose({ text }: { text: string }) {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? <Words key={index} text={part} /> : <code key={index}>{part}</code>));
}

function Words({ text }: { text: string }) {
  const parts: (string | { at: string })[] = [];
  let end = 0;
  for (const { 0: found, 1: day, 2: clock, index } of text.matchAll(MOMENT)) {
    parts.push(text.slice(end, index), { at: `${day}T${clock}Z` });
    end = index + found.length;
  }
  parts.push(text.slice(end));
  return parts.map((part, index) => (
    <Fragment key={index}>{typeof part === 'string' ? part : <Time at={part.at} />}</Fragment>
  ));
}
