import { Migration20261122090000_create_marketplace } from './Migration20261122090000_create_marketplace.js';

/** Oldest first. A migration that has landed is never edited. */
export const postgresqlMigrations = [Migration20261122090000_create_marketplace];
