/**
 * The directions of import between the folders of src/, as docs/architecture.md draws them.
 * A folder sees only what its row names; everything may see `base`.
 */
const MAY_SEE = {
  base: [],
  schema: [],
  protocols: [],
  spec: ['schema'],
  journal: [],
  engine: ['schema'],
  store: ['schema', 'journal', 'engine'],
  transform: ['schema', 'spec', 'engine', 'store', 'journal'],
  quality: ['schema', 'spec', 'engine', 'store', 'journal'],
  access: ['schema', 'spec'],
  catalog: ['schema', 'spec'],
  kit: ['schema', 'protocols'],
  inputs: ['schema', 'protocols', 'kit'],
  ports: ['schema', 'protocols', 'kit'],
  deliver: ['schema', 'protocols', 'kit'],
  runtime: ['schema', 'spec', 'journal', 'engine', 'store', 'transform', 'quality', 'access', 'catalog', 'kit'],
  cli: ['spec', 'schema', 'catalog', 'kit', 'runtime'],
};

const directions = Object.entries(MAY_SEE).map(([folder, seen]) => ({
  name: `${folder}-sees-only-its-row`,
  comment: `src/${folder} may import from: ${['base', ...seen].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${['base', folder, ...seen].join('|')})/` },
}));

const registries = {
  name: 'only-the-composition-root-imports-registries',
  comment: 'only the composition root (main.ts, and generate.ts for the reference pages) imports the registries',
  severity: 'error',
  from: { pathNot: '^src/(main|generate|inputs/|ports/|deliver/)|^test/' },
  to: { path: '^src/(inputs|ports|deliver)/index[.]ts$' },
};

const pages = {
  name: 'pages-see-only-types-of-the-server',
  comment: 'web/ talks to the server over HTTP; it imports from src/ the types of what is answered, and how charts are drawn, which both do',
  severity: 'error',
  from: { path: '^web/' },
  to: { path: '^src/', pathNot: '^src/protocols/chart/', dependencyTypesNot: ['type-only'] },
};

const server = {
  name: 'the-server-does-not-see-the-pages',
  severity: 'error',
  from: { path: '^src/' },
  to: { path: '^web/' },
};

module.exports = {
  forbidden: [
    ...directions,
    registries,
    pages,
    server,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-tests-in-code', severity: 'error', from: { path: '^src/', pathNot: '[.]test[.]ts$' }, to: { path: '[.]test[.]ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
