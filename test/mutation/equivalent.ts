import type { Mutant } from './copy';

/** A mutant that changes nothing anybody could notice, with the reason. */
interface Equivalent {
  file: string;
  original: string;
  replacement: string;
  reason: string;
}

export const EQUIVALENT: readonly Equivalent[] = [];

export function isEquivalent({ file, original, replacement }: Mutant): boolean {
  return EQUIVALENT.some(
    (each) => each.file === file && each.original === original && each.replacement === replacement,
  );
}
