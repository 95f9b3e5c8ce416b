import { Migration } from '@mikro-orm/migrations';

/**
 * Facets of a model tell all that they tell by its index; and the words of each place are beside those of all places, so
 * that what is found best in the equipment is found by an index.
 */
export class Migration20261122170000_widen_indexes extends Migration {
  override up(): void {
    this.addSql(`drop index "vehicles_model_price_index"`);
    this.addSql(
      `create index "vehicles_model_price_index" on "vehicles" ("status", "make_key", "model_key", "asking_price", "id", "year", "body_type", "fuel_type")`,
    );
    this.addSql(`drop index "vehicles_search_index"`);
    this.addSql(
      `create index "vehicles_search_index" on "vehicles" using gin ("search_terms", ts_filter("search_terms", '{a}'), ts_filter("search_terms", '{b}'), ts_filter("search_terms", '{c}'), ts_filter("search_terms", '{d}'))`,
    );
  }

  override down(): void {
    this.addSql(`drop index "vehicles_model_price_index"`);
    this.addSql(
      `create index "vehicles_model_price_index" on "vehicles" ("status", "make_key", "model_key", "asking_price", "id")`,
    );
    this.addSql(`drop index "vehicles_search_index"`);
    this.addSql(`create index "vehicles_search_index" on "vehicles" using gin ("search_terms")`);
  }
}
