import 'reflect-metadata';
import { execute, parse } from 'graphql';
import { compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { buildGraphQLSchema } from '../src/app/schema.js';
import { fill } from './fill.js';
const f = `/tmp/bp-${process.pid}.sqlite`;
const composed = await compose(readConfig({ NODE_ENV: 'test', JWT_SECRETS: `bench:${'x'.repeat(32)}`, DATABASE_URL: `sqlite:${f}`, LOG_LEVEL: 'silent' }), {observe: (s) => { if (show) console.log(s); }});
let show = false;
await composed.orm.migrator.up();
await fill(composed);
const schema = await buildGraphQLSchema();
const run = async (q: string) => {
  const d = parse(q); const t: number[] = [];
  show = true; await execute({ schema, document: d, contextValue: composed.makeCtx() }); show = false;
  for (let i = 0; i < 300; i++) { const s = performance.now(); const r = await execute({ schema, document: d, contextValue: composed.makeCtx() }); if (r.errors) throw r.errors[0]; t.push(performance.now() - s); }
  t.sort((a, b) => a - b); console.log(t[150]!.toFixed(2), q.slice(0, 60));
};
const F = 'filter: { makes: ["Toyota"], priceMax: "40000" }, orderBy: PRICE_ASC, first: 20';
await run(`{ vehicles(${F}) { totalCount } }`);
await run(`{ vehicles(${F}) { nodes { id } } }`);
await run(`{ vehicles(${F}) { nodes { id make model year mileage askingPrice status dealer { id businessName city state } } } }`);
await run(`{ vehicles(${F}) { totalCount nodes { id make model year mileage askingPrice status dealer { id businessName city state } } } }`);
await composed.close(); process.exit(0);
