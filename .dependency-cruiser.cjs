// Imports run one way: a room is entered through its door, lower rooms never
// name higher ones, and nothing turns in a circle. `import type` counts like any other import.

// Without a parser for TypeScript the cruiser would see no modules and pass: fail here instead.
require.resolve('@swc/core');

/** From the lowest to the highest: each may look at those before it. */
const ladder = ['mail', 'accounts', 'dealers', 'vehicles', 'negotiations'];
/** They listen: they may look at the whole ladder, and nobody looks at them. */
const listeners = ['notifications', 'analytics'];
const rooms = [...ladder, ...listeners];

const allowedBelow = (room) => (listeners.includes(room) ? ladder : ladder.slice(0, ladder.indexOf(room)));
const any = (names) => `(?:${names.join('|')})`;

const roomRules = rooms.map((room) => ({
  name: `${room}-looks-only-down`,
  comment: `${room} may look at: ${allowedBelow(room).join(', ') || 'no other room'}`,
  severity: 'error',
  from: { path: `^src/modules/${room}/` },
  to: { path: '^src/modules/', pathNot: `^src/modules/${any([room, ...allowedBelow(room)])}/` },
}));

/** What each layer may import inside src; everything else is a violation. */
const layers = [
  { layer: 'main', from: '^src/main\\.ts$', may: ['app/'] },
  {
    layer: 'commands',
    from: '^src/commands/',
    may: ['commands/', 'app/', 'modules/', 'kernel/', 'seeders/'],
  },
  {
    layer: 'app',
    from: '^src/app/',
    may: ['app/', 'modules/', 'platform/', 'kernel/', 'migrations/', 'seeders/'],
  },
  { layer: 'modules', from: '^src/modules/', may: ['modules/', 'kernel/'] },
  { layer: 'platform', from: '^src/platform/', may: ['platform/', 'kernel/'] },
  { layer: 'kernel', from: '^src/kernel/', may: ['kernel/'] },
  { layer: 'seeders', from: '^src/seeders/', may: ['seeders/', 'app/', 'modules/', 'kernel/'] },
  { layer: 'migrations', from: '^src/migrations/', may: ['migrations/'] },
];
const layerRules = layers.map(({ layer, from, may }) => ({
  name: `${layer}-layer`,
  comment: `${layer} may import only: ${may.join(' ')}`,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: `^src/${any(may)}` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    ...roomRules,
    {
      name: 'rooms-through-the-index',
      comment: "another room is entered through its index.ts; module.ts is the composition root's door",
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/[^/]+/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'app-through-the-doors',
      comment: 'the composition root knows a room by its module.ts and its index.ts alone',
      severity: 'error',
      from: { path: '^src/(?:app|seeders|commands)/' },
      to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/(?:module|index)\\.ts$' },
    },
    {
      name: 'known-places',
      comment:
        'src holds main.ts, commands, app, kernel, platform, the rooms, migrations and seeders; nothing else',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: `^src/(?:main\\.ts$|(?:commands|app|kernel|platform|migrations|seeders)/|modules/${any(rooms)}/)`,
      },
      to: {},
    },
    {
      name: 'migrations-stand-alone',
      comment: 'a migration that has landed must not change when the code around it does',
      severity: 'error',
      from: { path: '^src/migrations/' },
      to: { pathNot: ['^src/migrations/', '(?:^|/)node_modules/@mikro-orm/'] },
    },
    {
      name: 'src-stands-alone',
      comment: 'what ships imports nothing that does not',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(?:tests|scripts|bench|docs|dist)/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'an import that leads nowhere also hides from every other rule',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies-in-src',
      comment: 'production installs without them',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API in JavaScript; swc reads decorators, and reports type imports as they are
    // written (but not `import('…').Type` inside a type: do not write that).
    parser: 'swc',
    // Imports say .js, the files are .ts.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['main', 'types'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
    doNotFollow: { path: 'node_modules' },
  },
};
