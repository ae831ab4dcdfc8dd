import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/**
 * Numbers from 0 up to, but not, 1; the same for the same seed. The Mersenne Twister mixes its seed: the first numbers of xoroshiro128+ are
 * nearly equal for successive seeds.
 */
export function seededRandom(seed: number): () => number {
  const generator = mersenne(seed);
  return () => uniformFloat64(generator);
}
