import { Migration20261122090000_create_marketplace } from './Migration20261122090000_create_marketplace.js';
import { Migration20261122120000_add_mails_and_account_tokens } from './Migration20261122120000_add_mails_and_account_tokens.js';
import { Migration20261122150000_open_the_showroom } from './Migration20261122150000_open_the_showroom.js';
import { Migration20261122170000_widen_indexes } from './Migration20261122170000_widen_indexes.js';
import { Migration20261122180000_set_the_table } from './Migration20261122180000_set_the_table.js';
import { Migration20261122181000_record_job_runs } from './Migration20261122181000_record_job_runs.js';
import { Migration20261122182000_add_notification_preferences } from './Migration20261122182000_add_notification_preferences.js';
import { Migration20261122183000_add_daily_figures } from './Migration20261122183000_add_daily_figures.js';
import { Migration20261123090000_give_searches_a_table } from './Migration20261123090000_give_searches_a_table.js';

/** Oldest first. A migration that has landed is never edited. */
export const postgresqlMigrations = [
  Migration20261122090000_create_marketplace,
  Migration20261122120000_add_mails_and_account_tokens,
  Migration20261122150000_open_the_showroom,
  Migration20261122170000_widen_indexes,
  Migration20261122180000_set_the_table,
  Migration20261122181000_record_job_runs,
  Migration20261122182000_add_notification_preferences,
  Migration20261122183000_add_daily_figures,
  Migration20261123090000_give_searches_a_table,
];
