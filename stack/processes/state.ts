import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from './pid';
import { freePort, releasePorts } from './ports';

interface SavedState {
  ports: Record<string, number>;
  secrets: Record<string, string>;
}

/**
 * The ports and passwords that a stack keeps in its folder between runs, in a file with mode 0600. Only one stack can use a folder: a
 * second one is refused while the first one's process is alive.
 */
export class StackState {
  readonly #file: string;
  readonly #remembered: SavedState;
  readonly #ownerFile: string;
  readonly #taken: number[] = [];

  /** Creates the folder. With `fresh`, the ports and passwords of earlier runs are deleted. Throws if another stack uses the folder. */
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
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as SavedState)
      : { ports: {}, secrets: {} };
  }

  /** The port that had this name in the previous run if it is still free, or else another free one. `renew` always takes another one. */
  async port(name: string, { renew = false } = {}): Promise<number> {
    const port = await freePort(renew ? undefined : this.#remembered.ports[name]);
    this.#taken.push(port);
    this.#remembered.ports[name] = port;
    this.#save();
    return port;
  }

  /** The secret with this name: 192 random bits in hexadecimal, which needs no escaping in URLs. Created on first use. */
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

/** Writes a file atomically; only its owner can read it. */
export function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
