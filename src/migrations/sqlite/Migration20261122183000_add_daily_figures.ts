import { Migration } from '@mikro-orm/migrations';

export class Migration20261122183000_add_daily_figures extends Migration {
  override up(): void {
    this.addSql(
      `create table "dealer_days" ("dealer_id" text not null, "day" text not null, "views" integer not null, "saves" integer not null, "offers" integer not null, "agreements" integer not null, "agreed_value" bigint not null, primary key ("dealer_id", "day"))`,
    );
    this.addSql(`create index "dealer_days_day_index" on "dealer_days" ("day")`);
    this.addSql(
      `create table "market_days" ("day" text not null primary key, "agreements" integer not null, "agreed_value" bigint not null, "counted_at" bigint not null)`,
    );
    // SQLite adds no column that is not null to rows that are there. Nothing refers to this table.
    this.addSql(
      `create table "views_with_dealer" ("vehicle_id" text not null, "day" text not null, "dealer_id" text not null, "count" integer not null, primary key ("vehicle_id", "day"), constraint "vehicle_views_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(
      `insert into "views_with_dealer" ("vehicle_id", "day", "dealer_id", "count")
      select w.vehicle_id, w.day, v.dealer_id, w.count from vehicle_views as w join vehicles as v on v.id = w.vehicle_id`,
    );
    this.addSql(`drop table "vehicle_views"`);
    this.addSql(`alter table "views_with_dealer" rename to "vehicle_views"`);
    this.addSql(`create index "vehicle_views_vehicle_id_index" on "vehicle_views" ("vehicle_id")`);
    this.addSql(`create index "vehicle_views_day_index" on "vehicle_views" ("day")`);
    this.addSql(
      `create index "vehicle_views_dealer_index" on "vehicle_views" ("dealer_id", "day", "vehicle_id", "count")`,
    );
    this.addSql(`create index "saved_vehicles_day_index" on "saved_vehicles" ("created_at", "vehicle_id")`);
    this.addSql(`create index "users_type_index" on "users" ("user_type") where deleted_at is null`);
  }

  override down(): void {
    this.addSql(`drop index "users_type_index"`);
    this.addSql(`drop index "saved_vehicles_day_index"`);
    this.addSql(`drop index "vehicle_views_dealer_index"`);
    this.addSql(`alter table "vehicle_views" drop column "dealer_id"`);
    this.addSql(`drop table "market_days"`);
    this.addSql(`drop table "dealer_days"`);
  }
}
