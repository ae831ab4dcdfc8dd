import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences of which every part that ships must have one: permissive, without a duty to publish our own code. */
export const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
];

/** Packages whose metadata names no licence; read in their LICENSE file. */
const READ: Record<string, string> = { unionfs: 'Unlicense' };

/** Packages that the console imports: its build contains them and what they need, although no installation does. */
const IN_THE_CONSOLE = [
  ...['react', 'react-dom', 'react-aria-components', '@tanstack/react-query', '@tanstack/react-virtual', 'wouter'],
  ...['openapi-fetch', 'eventsource-parser'],
];

interface Locked {
  version: string;
  dependencies?: Record<string, string>;
  license?: string;
  dev?: boolean;
}

/** A package that ships. */
export interface Shipped {
  name: string;
  version: string;
  licence: string;
}

/**
 * The packages that an installation without development dependencies may contain, on any platform, and those in the console. From
 * package-lock.json.
 */
export function shippedPackages(): Shipped[] {
  const lock = JSON.parse(readFileSync(join(__dirname, '../package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const inConsole = placesOf(lock.packages, IN_THE_CONSOLE);
  return Object.entries(lock.packages)
    .filter(([place, { dev }]) => place !== '' && (!dev || inConsole.has(place)))
    .map(([place, { version, license }]) => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, licence: license ?? READ[name] ?? 'unknown' };
    });
}

/** The packages that ship, by licence. */
export function licences(): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const { name, version, licence } of shippedPackages())
    found.set(licence, (found.get(licence) ?? new Set()).add(`${name} ${version}`));
  return new Map(
    [...found].sort(([a], [b]) => a.localeCompare(b)).map(([licence, names]) => [licence, [...names].sort()]),
  );
}

/** Where these packages and all that they depend on are installed. */
function placesOf(
  packages: Record<string, Locked>,
  names: readonly string[],
  from = '',
  found = new Set<string>(),
): Set<string> {
  for (const name of names) {
    const place = [`${from}/node_modules/${name}`, `node_modules/${name}`].find((each) => packages[each]);
    if (place === undefined || found.has(place)) continue;
    found.add(place);
    placesOf(packages, Object.keys(packages[place]!.dependencies ?? {}), place, found);
  }
  return found;
}

/** Header and rows of the table in docs/licences.md. */
export function licencesTable(): [string[], string[][]] {
  return [['licence', 'packages'], [...licences()].map(([licence, names]) => [licence, names.join(', ')])];
}
