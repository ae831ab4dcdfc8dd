import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './pid';
import { freePort, releasePorts } from './ports';

interface Remembered {
  ports: Record<string, number>;
  secrets: Record<string, string>;
}

/**
 * What a stack remembers in its folder between runs: which port and which password belongs to what. The file has mode 0600.
 * One stack a folder: a second one is refused while the first one's process lives.
 */
export class StackState {
  readonly #file: string;
  readonly #remembered: Remembered;
  readonly #ownerFile: string;
  readonly #taken: number[] = [];

  /** Creates the folder. With `fresh` everything of an earlier run in it is deleted. Throws when another stack uses it. */
  constructor(
    readonly dir: string,
    { fresh = false }: { fresh?: boolean } = {},
  ) {
    mkdirSync(dir, { recursive: true });
    this.#ownerFile = join(dir, 'owner.pid');
    this.#own();
    this.#file = join(dir, 'state.json');
    if (fresh) rmSync(this.#file, { force: true });
    this.#remembered = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Remembered)
      : { ports: {}, secrets: {} };
  }

  /** The port of this name in the run before if it is still free, else another free one. `renew`: not the one of the run before. */
  async port(name: string, { renew = false } = {}): Promise<number> {
    const port = await freePort(renew ? undefined : this.#remembered.ports[name]);
    this.#taken.push(port);
    this.#remembered.ports[name] = port;
    this.#save();
    return port;
  }

  /** The secret of this name; 192 random bits, in letters that need no escaping in URLs, made when first asked for. */
  secret(name: string): string {
    const known = this.#remembered.secrets[name];
    if (known !== undefined) return known;
    const made = randomBytes(24).toString('hex');
    this.#remembered.secrets[name] = made;
    this.#save();
    return made;
  }

  /** Lets another stack use the folder and the ports. */
  release(): void {
    releasePorts(this.#taken);
    rmSync(this.#ownerFile, { force: true });
  }

  #own(): void {
    const owner = existsSync(this.#ownerFile) ? readFileSync(this.#ownerFile, 'utf8') : '';
    const pid = Number(owner.split(' ')[0]);
    if (pid > 0 && identityOf(pid) === owner) {
      throw new Error(`A stack already runs in ${this.dir} (process ${pid}). Stop it first, or use another folder.`);
    }
    writeFileSync(this.#ownerFile, identityOf(process.pid) ?? '', { mode: 0o600 });
  }

  #save(): void {
    writeJson(this.#file, this.#remembered);
  }
}

/** Writes a file that only its owner can read, whole or not at all. */
export function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
