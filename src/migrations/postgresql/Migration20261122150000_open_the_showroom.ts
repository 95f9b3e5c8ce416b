import { Migration } from '@mikro-orm/migrations';

/** pg_trgm stays when this goes down: others may use it. */
export class Migration20261122150000_open_the_showroom extends Migration {
  override up(): void {
    this.addSql(`create extension if not exists pg_trgm`);
    this.addSql(`create table "search_words" ("word" varchar(40) not null, primary key ("word"))`);
    this.addSql(
      `create index "search_words_trigram_index" on "search_words" using gist ("word" gist_trgm_ops)`,
    );
    this.addSql(
      `create table "saved_searches" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "name" varchar(100) not null, "filter" jsonb not null, "alerts_enabled" boolean not null, "seen_up_to" uuid not null, primary key ("id"))`,
    );
    this.addSql(
      `create index "saved_searches_user_index" on "saved_searches" ("user_id", "created_at", "id")`,
    );
    this.addSql(
      `create table "dealer_documents" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "dealer_id" uuid not null, "kind" varchar(30) not null, "filename" varchar(200) not null, "key" varchar(200) not null, "content_type" varchar(50) not null, "size_bytes" int not null, "status" varchar(10) not null default 'PENDING', "rejection_reason" text null, "reviewed_at" bigint null, primary key ("id"))`,
    );
    this.addSql(`create index "dealer_documents_key_index" on "dealer_documents" ("key")`);
    this.addSql(
      `create index "dealer_documents_dealer_index" on "dealer_documents" ("dealer_id", "created_at", "id")`,
    );
    this.addSql(
      `create table "bulk_uploads" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "dealer_id" uuid not null, "key" varchar(200) null, "status" varchar(10) not null default 'QUEUED', "dry_run" boolean not null, "publish" boolean not null, "total_rows" int not null default 0, "created" int not null default 0, "updated" int not null default 0, "failed" int not null default 0, "errors" jsonb not null, "ignored_columns" jsonb not null, "failure" text null, "leased_until" bigint null, "finished_at" bigint null, primary key ("id"))`,
    );
    this.addSql(`create index "bulk_uploads_due_index" on "bulk_uploads" ("status", "leased_until")`);
    this.addSql(
      `create index "bulk_uploads_dealer_index" on "bulk_uploads" ("dealer_id", "created_at", "id")`,
    );
    this.addSql(
      `create table "saved_vehicles" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "vehicle_id" uuid not null, primary key ("id"))`,
    );
    this.addSql(`create index "saved_vehicles_vehicle_index" on "saved_vehicles" ("vehicle_id", "id")`);
    this.addSql(
      `create index "saved_vehicles_user_index" on "saved_vehicles" ("user_id", "created_at", "id")`,
    );
    this.addSql(
      `alter table "saved_vehicles" add constraint "saved_vehicles_unique" unique ("user_id", "vehicle_id")`,
    );
    this.addSql(
      `create table "saved_search_matches" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "search_id" uuid not null, "vehicle_id" uuid not null, primary key ("id"))`,
    );
    this.addSql(`create index "saved_search_matches_vehicle_index" on "saved_search_matches" ("vehicle_id")`);
    this.addSql(
      `create index "saved_search_matches_seen_index" on "saved_search_matches" ("search_id", "id")`,
    );
    this.addSql(
      `alter table "saved_search_matches" add constraint "saved_search_matches_unique" unique ("search_id", "vehicle_id")`,
    );
    this.addSql(
      `create table "price_drops" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" uuid not null, "from_price" bigint not null, "told_up_to" uuid null, "tell_up_to" uuid not null, primary key ("id"))`,
    );
    this.addSql(`create index "price_drops_vehicle_index" on "price_drops" ("vehicle_id")`);
    this.addSql(`create index "price_drops_due_index" on "price_drops" ("created_at", "id")`);
    this.addSql(
      `create table "vehicle_images" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" uuid not null, "key" varchar(200) not null, "width" int not null, "height" int not null, "alt" varchar(200) null, "position" int not null, primary key ("id"))`,
    );
    this.addSql(`create index "vehicle_images_key_index" on "vehicle_images" ("key")`);
    this.addSql(
      `create index "vehicle_images_vehicle_index" on "vehicle_images" ("vehicle_id", "position", "id")`,
    );
    this.addSql(
      `create table "vehicle_views" ("vehicle_id" uuid not null, "day" varchar(10) not null, "count" int not null, primary key ("vehicle_id", "day"))`,
    );
    this.addSql(`create index "vehicle_views_day_index" on "vehicle_views" ("day")`);
    this.addSql(`alter table "dealers" add "submitted_at" bigint null`);
    this.addSql(`create index "dealers_coordinates_index" on "dealers" ("latitude", "longitude")`);
    this.addSql(
      `create index "dealers_submitted_index" on "dealers" ("verification_status", "submitted_at", "id")`,
    );
    this.addSql(
      `alter table "vehicles" add "featured_at" bigint null, add "search_terms" tsvector not null default '', add "market_value" bigint null, add "comparable_count" int not null default 0, add "deal_rating" varchar(10) null, add "deal_rank" int not null default 1000000000, add "rated_at" bigint null, add "market_stale" boolean not null default true, add "match_due" uuid null, add "kind" bigint not null default 0`,
    );
    this.addSql(`create index "vehicles_unindexed_index" on "vehicles" ("id") where search_terms = ''`);
    this.addSql(
      `create index "vehicles_match_due_index" on "vehicles" ("status", "id") where match_due is not null`,
    );
    this.addSql(
      `create index "vehicles_stale_index" on "vehicles" ("make_key", "model_key") where market_stale`,
    );
    this.addSql(`create index "vehicles_rated_index" on "vehicles" ("status", "rated_at", "id")`);
    this.addSql(
      `create index "vehicles_featured_index" on "vehicles" ("featured_at", "id") where featured_at is not null`,
    );
    this.addSql(
      `create index "vehicles_kind_index" on "vehicles" ("status", "kind", "asking_price", "dealer_id")`,
    );
    this.addSql(`create index "vehicles_deal_index" on "vehicles" ("status", "deal_rank", "id")`);
    this.addSql(
      `create index "vehicles_rating_index" on "vehicles" ("status", "deal_rating", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_gearbox_index" on "vehicles" ("status", "transmission", "drivetrain", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_body_price_index" on "vehicles" ("status", "body_type", "asking_price", "id")`,
    );
    this.addSql(`create index "vehicles_search_index" on "vehicles" using gin ("search_terms")`);
    this.addSql(
      `create index "offers_answered_index" on "offers" ("dealer_id", "responded_at") where party = 'BUYER' and resolved_by = 'USER'`,
    );
    this.addSql(
      `alter table "saved_searches" add constraint "saved_searches_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "dealer_documents" add constraint "dealer_documents_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "bulk_uploads" add constraint "bulk_uploads_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "saved_vehicles" add constraint "saved_vehicles_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "saved_vehicles" add constraint "saved_vehicles_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "saved_search_matches" add constraint "saved_search_matches_search_id_foreign" foreign key ("search_id") references "saved_searches" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "saved_search_matches" add constraint "saved_search_matches_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "price_drops" add constraint "price_drops_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "vehicle_images" add constraint "vehicle_images_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "vehicle_views" add constraint "vehicle_views_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade`,
    );
    this.addSql(`update dealers set submitted_at = updated_at where verification_status = 'PENDING'`);
  }

  override down(): void {
    this.addSql(`drop table "saved_search_matches"`);
    this.addSql(`drop table "search_words"`);
    this.addSql(`drop table "saved_searches"`);
    this.addSql(`drop table "dealer_documents"`);
    this.addSql(`drop table "bulk_uploads"`);
    this.addSql(`drop table "saved_vehicles"`);
    this.addSql(`drop table "price_drops"`);
    this.addSql(`drop table "vehicle_images"`);
    this.addSql(`drop table "vehicle_views"`);
    this.addSql(`drop index "dealers_coordinates_index"`);
    this.addSql(`drop index "dealers_submitted_index"`);
    this.addSql(`alter table "dealers" drop column "submitted_at"`);
    this.addSql(`drop index "offers_answered_index"`);
    this.addSql(`drop index "vehicles_unindexed_index"`);
    this.addSql(`drop index "vehicles_match_due_index"`);
    this.addSql(`drop index "vehicles_stale_index"`);
    this.addSql(`drop index "vehicles_rated_index"`);
    this.addSql(`drop index "vehicles_featured_index"`);
    this.addSql(`drop index "vehicles_kind_index"`);
    this.addSql(`drop index "vehicles_deal_index"`);
    this.addSql(`drop index "vehicles_rating_index"`);
    this.addSql(`drop index "vehicles_gearbox_index"`);
    this.addSql(`drop index "vehicles_body_price_index"`);
    this.addSql(`drop index "vehicles_search_index"`);
    this.addSql(
      `alter table "vehicles" drop column "featured_at", drop column "search_terms", drop column "market_value", drop column "comparable_count", drop column "deal_rating", drop column "deal_rank", drop column "rated_at", drop column "market_stale", drop column "match_due", drop column "kind"`,
    );
  }
}
