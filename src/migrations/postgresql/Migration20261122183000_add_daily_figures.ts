import { Migration } from '@mikro-orm/migrations';

export class Migration20261122183000_add_daily_figures extends Migration {
  override up(): void {
    this.addSql(
      `create table "dealer_days" ("dealer_id" uuid not null, "day" varchar(10) not null, "views" int not null, "saves" int not null, "offers" int not null, "agreements" int not null, "agreed_value" bigint not null, primary key ("dealer_id", "day"))`,
    );
    this.addSql(`create index "dealer_days_day_index" on "dealer_days" ("day")`);
    this.addSql(
      `create table "market_days" ("day" varchar(10) not null, "agreements" int not null, "agreed_value" bigint not null, "counted_at" bigint not null, primary key ("day"))`,
    );
    this.addSql(`alter table "vehicle_views" add "dealer_id" uuid null`);
    this.addSql(
      `update vehicle_views set dealer_id = v.dealer_id from vehicles as v where v.id = vehicle_views.vehicle_id`,
    );
    this.addSql(`alter table "vehicle_views" alter column "dealer_id" set not null`);
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
