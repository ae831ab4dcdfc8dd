import { readFileSync } from 'node:fs';

/** Keeps the order in which `npm test` names the files of a jest process: the longest come first, so that none of them runs alone in the end. */
export default class {
  sort(tests) {
    const order = new Map(JSON.parse(readFileSync(process.env.TEST_FILES, 'utf8')).map((file, index) => [file, index]));
    return [...tests].sort((a, b) => order.get(a.path) - order.get(b.path));
  }

  cacheResults() {}
}
