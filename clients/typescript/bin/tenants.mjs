#!/usr/bin/env node
// A checkout has the sources and needs no build; the published package has only what was built from them.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../cli/main.ts');
const require = createRequire(import.meta.url);
if (existsSync(source)) {
  await import('tsx');
  require(source);
} else {
  require('../dist/cli/main.js');
}
