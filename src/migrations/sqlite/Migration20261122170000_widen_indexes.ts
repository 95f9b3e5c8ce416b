import { Migration } from '@mikro-orm/migrations';

/** Facets of a model tell all that they tell by its index. */
export class Migration20261122170000_widen_indexes extends Migration {
  override up(): void {
    this.addSql(`drop index "vehicles_model_price_index"`);
    this.addSql(
      `create index "vehicles_model_price_index" on "vehicles" ("status", "make_key", "model_key", "asking_price", "id", "year", "body_type", "fuel_type")`,
    );
  }

  override down(): void {
    this.addSql(`drop index "vehicles_model_price_index"`);
    this.addSql(
      `create index "vehicles_model_price_index" on "vehicles" ("status", "make_key", "model_key", "asking_price", "id")`,
    );
  }
}
