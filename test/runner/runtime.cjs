const path = require('node:path');
const { default: Runtime } = require('jest-runtime');

const THIRD_PARTY = `${path.sep}node_modules${path.sep}`;

/** What the test files of a context share. */
const sharedBy = new WeakMap();

/**
 * Jest loads everything anew for each test file, which takes more time than most of our tests. Here, the files that one process runs in one
 * context share the modules of `node_modules`, and the compiled code of everything else: modules of the project are evaluated again for each file,
 * but not parsed again.
 *
 * A test cannot replace (`jest.mock`) what a third-party module imports; it can spy on and mock the project's modules as ever.
 */
module.exports = class SharingRuntime extends Runtime {
  constructor(config, environment, ...others) {
    super(config, environment, ...others);
    const context = environment.getVmContext();
    if (!sharedBy.has(context)) sharedBy.set(context, { compiled: new Map(), modules: new Map(), runtime: this });
    const shared = sharedBy.get(context);
    shared.runtime = this;
    this.#shareCompiledCode(shared.compiled);
    this.#shareModules(shared, environment);
  }

  #shareCompiledCode(compiled) {
    const compile = this.executor.compile.bind(this.executor);
    this.executor.compile = (source, filename) => {
      const known = compiled.get(filename);
      if (known?.source === source) return known.code;
      const code = compile(source, filename);
      if (code !== null) compiled.set(filename, { source, code });
      return code;
    };
  }

  #shareModules(shared, environment) {
    this.registries.moduleRegistry = new ModulesOfFile(shared.modules);
    const buildRequire = this.requireBuilder.for.bind(this.requireBuilder);
    this.requireBuilder.for = (module, options) => {
      const require = buildRequire(module, options);
      if (options?.isInternalModule || !isThirdParty(module.filename)) return require;
      // It may load more when a later test file uses it; the runtime of the file that loaded it first is gone by then.
      const requireNow = (name) => shared.runtime.requireModuleOrMock(module.filename, name);
      return Object.defineProperties(requireNow, Object.getOwnPropertyDescriptors(require));
    };
    const loadModule = this.cjsLoader.loadModule.bind(this.cjsLoader);
    this.cjsLoader.loadModule = (module, from, name, filename, ...more) => {
      // Of nested third-party modules, the outermost one keeps the globals.
      const keeps = environment.keepGlobals && isThirdParty(filename) && !isThirdParty(from);
      if (!keeps) return loadModule(module, from, name, filename, ...more);
      return environment.keepGlobals(() => loadModule(module, from, name, filename, ...more));
    };
  }
};

/** The modules of a test file: its own ones, and the shared ones. */
class ModulesOfFile extends Map {
  #shared;

  constructor(shared) {
    super();
    this.#shared = shared;
  }

  get(filename) {
    return isThirdParty(filename) ? this.#shared.get(filename) : super.get(filename);
  }

  has(filename) {
    return isThirdParty(filename) ? this.#shared.has(filename) : super.has(filename);
  }

  set(filename, module) {
    if (!isThirdParty(filename)) return super.set(filename, module);
    this.#shared.set(filename, module);
    return this;
  }

  delete(filename) {
    return isThirdParty(filename) ? this.#shared.delete(filename) : super.delete(filename);
  }
}

function isThirdParty(filename) {
  return typeof filename === 'string' && filename.includes(THIRD_PARTY);
}
