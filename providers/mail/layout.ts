import { webAddress, type Block, type Language } from './rendering/blocks';
import { asHtml } from './rendering/html';
import { oneLine, withIsolated } from './text';

export type { Block } from './rendering/blocks';

/** A mail's subject, and its body as plain text and as HTML. */
export interface Rendered {
  subject: string;
  text: string;
  html: string;
  /** BCP 47 tag; absent in mails that were stored by a version without it. */
  language?: string | undefined;
}

const ENGLISH: Language = { tag: 'en', direction: 'ltr' };

export function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

/** Renders a mail, in English unless it says otherwise. Escapes all text; throws if a link is not http(s). */
export function render(subject: string, blocks: Block[], language: Language = ENGLISH): Rendered {
  return {
    subject: withIsolated(subject, same, same),
    text: `${blocks.map(asText).join('\n\n')}\n`,
    html: asHtml(subject, blocks, language),
    language: language.tag,
  };
}

const same = (text: string): string => text;

function asText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'footer':
      return line(block.text);
    case 'facts':
      return block.rows.map(([label, value]) => `${oneLine(label)}: ${line(value)}`).join('\n');
    case 'list':
      return block.items.map((item) => `- ${line(item)}`).join('\n');
    case 'code':
      return block.text;
    case 'value':
      return `${oneLine(block.label)}:\n${oneLine(block.value)}`;
    case 'link':
      return `${oneLine(block.label)}:\n${webAddress(block.url)}`;
  }
}

const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** Plain text on one line. U+2068 and U+2069 keep a name that is read from right to left apart from the sentence around it. */
function line(text: string): string {
  return withIsolated(text, same, (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name));
}
