import type { Draft } from '../draft';
import type { Template } from '../../templates/read';

/** What a part of the form shows and changes. */
export interface PartProps {
  draft: Draft;
  template: Template;
  change: (changes: Partial<Draft>) => void;
  /** What is wrong with the field at this JSON pointer into the order, in words. */
  errorAt: (pointer: string) => string | undefined;
}
