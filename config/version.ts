import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this program from package.json, which the build copies next to the compiled program. */
export const VERSION = (
  JSON.parse(readFileSync(path.join(__dirname, '../package.json'), 'utf8')) as { version: string }
).version;
