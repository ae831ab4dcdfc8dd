import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this program, as package.json has it; the build copies that file beside the compiled program. */
export const VERSION = (
  JSON.parse(readFileSync(path.join(__dirname, '../package.json'), 'utf8')) as { version: string }
).version;
