// A server in a process of its own, for a bench that must not share its event loop. Tells its parent where it listens.
import 'reflect-metadata';
import { compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { startServer } from '../src/app/server.js';

const server = await startServer(await compose(readConfig()));
process.once('disconnect', () => void server.close().then(() => process.exit(0)));
process.send?.(server.url);
