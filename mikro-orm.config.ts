import 'reflect-metadata';
import { readConfig } from './src/app/config.js';
import { ormOptions } from './src/app/orm.js';

/** For MikroORM's command line; the server composes the same options in src/app. */
export default ormOptions(readConfig().databaseUrl);
