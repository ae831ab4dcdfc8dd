const { TestEnvironment } = require('jest-environment-node');

/**
 * One JavaScript context for all test files that a jest process runs, so that compiled code and third-party modules outlive a file
 * (`runtime.cjs`). What a file changes in it – globals, environment variables, mocks, fake timers – is put back at its end.
 */
class SharedEnvironment extends TestEnvironment {
  #globals;
  #env;
  #exit;

  constructor(...args) {
    super(...args);
    this.#globals = descriptorsOf(this.global);
    this.#env = { ...this.global.process.env };
    this.#exit = this.global.process.exit;
  }

  /** Calls `load`; the globals that it adds stay for the files that follow. */
  keepGlobals(load) {
    const before = new Set(Reflect.ownKeys(this.global));
    try {
      return load();
    } finally {
      for (const key of Reflect.ownKeys(this.global))
        if (!before.has(key)) this.#globals.set(key, Reflect.getOwnPropertyDescriptor(this.global, key));
    }
  }

  teardown() {
    this.fakeTimers.useRealTimers();
    this.fakeTimersModern.useRealTimers();
    this.moduleMocker.restoreAllMocks();
    for (const key of Reflect.ownKeys(this.global))
      if (!this.#globals.has(key)) Reflect.deleteProperty(this.global, key);
    for (const [key, descriptor] of this.#globals) Reflect.defineProperty(this.global, key, descriptor);
    const { process } = this.global;
    process.exit = this.#exit;
    for (const name of Object.keys(process.env)) if (!(name in this.#env)) delete process.env[name];
    Object.assign(process.env, this.#env);
    return Promise.resolve();
  }
}

function descriptorsOf(global) {
  return new Map(Reflect.ownKeys(global).map((key) => [key, Reflect.getOwnPropertyDescriptor(global, key)]));
}

// Jest kills a worker that has not ended 500 ms after it has nothing left to do, and then says that tests leak. Freeing the memory that the
// files of a process share can take longer than that; an explicit exit leaves it to the operating system. This event does not come while
// something is open, so real leaks are still reported.
process.once('beforeExit', () => process.exit());

/** The environment of this process, from its first test file on. */
let only;

module.exports = class {
  constructor(...args) {
    return (only ??= new SharedEnvironment(...args));
  }
};
