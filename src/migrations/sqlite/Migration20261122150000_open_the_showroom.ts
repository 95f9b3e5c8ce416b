import { Migration } from '@mikro-orm/migrations';

export class Migration20261122150000_open_the_showroom extends Migration {
  override up(): void {
    this.addSql(`create table "search_words" ("word" text not null primary key)`);
    this.addSql(
      `create table "saved_searches" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "user_id" text not null, "name" text not null, "filter" json not null, "alerts_enabled" integer not null, "seen_up_to" text not null, constraint "saved_searches_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade)`,
    );
    this.addSql(`create index "saved_searches_user_id_index" on "saved_searches" ("user_id")`);
    this.addSql(
      `create index "saved_searches_user_index" on "saved_searches" ("user_id", "created_at", "id")`,
    );
    this.addSql(
      `create table "dealer_documents" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "dealer_id" text not null, "kind" text not null, "filename" text not null, "key" text not null, "content_type" text not null, "size_bytes" integer not null, "status" text not null default 'PENDING', "rejection_reason" text null, "reviewed_at" bigint null, constraint "dealer_documents_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id") on delete cascade)`,
    );
    this.addSql(`create index "dealer_documents_dealer_id_index" on "dealer_documents" ("dealer_id")`);
    this.addSql(`create index "dealer_documents_key_index" on "dealer_documents" ("key")`);
    this.addSql(
      `create index "dealer_documents_dealer_index" on "dealer_documents" ("dealer_id", "created_at", "id")`,
    );
    this.addSql(
      `create table "bulk_uploads" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "dealer_id" text not null, "key" text null, "status" text not null default 'QUEUED', "dry_run" integer not null, "publish" integer not null, "total_rows" integer not null default 0, "created" integer not null default 0, "updated" integer not null default 0, "failed" integer not null default 0, "errors" json not null, "ignored_columns" json not null, "failure" text null, "leased_until" bigint null, "finished_at" bigint null, constraint "bulk_uploads_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id") on delete cascade)`,
    );
    this.addSql(`create index "bulk_uploads_dealer_id_index" on "bulk_uploads" ("dealer_id")`);
    this.addSql(`create index "bulk_uploads_due_index" on "bulk_uploads" ("status", "leased_until")`);
    this.addSql(
      `create index "bulk_uploads_dealer_index" on "bulk_uploads" ("dealer_id", "created_at", "id")`,
    );
    this.addSql(
      `create table "saved_vehicles" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "user_id" text not null, "vehicle_id" text not null, constraint "saved_vehicles_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade, constraint "saved_vehicles_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(`create index "saved_vehicles_user_id_index" on "saved_vehicles" ("user_id")`);
    this.addSql(`create index "saved_vehicles_vehicle_id_index" on "saved_vehicles" ("vehicle_id")`);
    this.addSql(`create index "saved_vehicles_vehicle_index" on "saved_vehicles" ("vehicle_id", "id")`);
    this.addSql(
      `create index "saved_vehicles_user_index" on "saved_vehicles" ("user_id", "created_at", "id")`,
    );
    this.addSql(`create unique index "saved_vehicles_unique" on "saved_vehicles" ("user_id", "vehicle_id")`);
    this.addSql(
      `create table "saved_search_matches" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "search_id" text not null, "vehicle_id" text not null, constraint "saved_search_matches_search_id_foreign" foreign key ("search_id") references "saved_searches" ("id") on delete cascade, constraint "saved_search_matches_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(
      `create index "saved_search_matches_search_id_index" on "saved_search_matches" ("search_id")`,
    );
    this.addSql(`create index "saved_search_matches_vehicle_index" on "saved_search_matches" ("vehicle_id")`);
    this.addSql(
      `create index "saved_search_matches_seen_index" on "saved_search_matches" ("search_id", "id")`,
    );
    this.addSql(
      `create unique index "saved_search_matches_unique" on "saved_search_matches" ("search_id", "vehicle_id")`,
    );
    this.addSql(
      `create table "price_drops" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" text not null, "from_price" bigint not null, "told_up_to" text null, "tell_up_to" text not null, constraint "price_drops_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(`create index "price_drops_vehicle_index" on "price_drops" ("vehicle_id")`);
    this.addSql(`create index "price_drops_due_index" on "price_drops" ("created_at", "id")`);
    this.addSql(
      `create table "vehicle_images" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" text not null, "key" text not null, "width" integer not null, "height" integer not null, "alt" text null, "position" integer not null, constraint "vehicle_images_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(`create index "vehicle_images_vehicle_id_index" on "vehicle_images" ("vehicle_id")`);
    this.addSql(`create index "vehicle_images_key_index" on "vehicle_images" ("key")`);
    this.addSql(
      `create index "vehicle_images_vehicle_index" on "vehicle_images" ("vehicle_id", "position", "id")`,
    );
    this.addSql(
      `create table "vehicle_views" ("vehicle_id" text not null, "day" text not null, "count" integer not null, primary key ("vehicle_id", "day"), constraint "vehicle_views_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(`create index "vehicle_views_vehicle_id_index" on "vehicle_views" ("vehicle_id")`);
    this.addSql(`create index "vehicle_views_day_index" on "vehicle_views" ("day")`);
    this.addSql(`alter table "dealers" add column "submitted_at" bigint null`);
    this.addSql(`create index "dealers_coordinates_index" on "dealers" ("latitude", "longitude")`);
    this.addSql(
      `create index "dealers_submitted_index" on "dealers" ("verification_status", "submitted_at", "id")`,
    );
    this.addSql(`alter table "vehicles" add column "featured_at" bigint null`);
    this.addSql(`alter table "vehicles" add column "search_terms" text not null default ''`);
    this.addSql(`alter table "vehicles" add column "market_value" bigint null`);
    this.addSql(`alter table "vehicles" add column "comparable_count" integer not null default 0`);
    this.addSql(`alter table "vehicles" add column "deal_rating" text null`);
    this.addSql(`alter table "vehicles" add column "deal_rank" integer not null default 1000000000`);
    this.addSql(`alter table "vehicles" add column "rated_at" bigint null`);
    this.addSql(`alter table "vehicles" add column "market_stale" integer not null default true`);
    this.addSql(`alter table "vehicles" add column "match_due" text null`);
    this.addSql(`alter table "vehicles" add column "kind" bigint not null default 0`);
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
    this.addSql(
      `create index "offers_answered_index" on "offers" ("dealer_id", "responded_at") where party = 'BUYER' and resolved_by = 'USER'`,
    );
    this.addSql(
      `create table "vehicle_search_documents" ("id" integer primary key, "vehicle_id" text not null unique, "words" text not null)`,
    );
    this.addSql(
      `create virtual table "vehicle_search" using fts5("words", content='vehicle_search_documents', content_rowid='id', tokenize='ascii', detail='none')`,
    );
    this.addSql(
      `create trigger "vehicle_search_document_added" after insert on "vehicle_search_documents" begin insert into vehicle_search(rowid, words) values (new.id, new.words); end`,
    );
    this.addSql(
      `create trigger "vehicle_search_document_removed" after delete on "vehicle_search_documents" begin insert into vehicle_search(vehicle_search, rowid, words) values ('delete', old.id, old.words); end`,
    );
    this.addSql(
      `create trigger "vehicle_search_listed" after insert on "vehicles" when new.search_terms <> '' begin insert into vehicle_search_documents(vehicle_id, words) values (new.id, trim(replace(replace(replace(replace(replace(new.search_terms, ''':1A', ' '), ''':1B', ' '), ''':1C', ' '), ''':1D', ' '), '''', ' '))); end`,
    );
    this.addSql(
      `create trigger "vehicle_search_changed" after update of "search_terms" on "vehicles" when new.search_terms <> old.search_terms begin delete from vehicle_search_documents where vehicle_id = old.id; insert into vehicle_search_documents(vehicle_id, words) values (new.id, trim(replace(replace(replace(replace(replace(new.search_terms, ''':1A', ' '), ''':1B', ' '), ''':1C', ' '), ''':1D', ' '), '''', ' '))); end`,
    );
    this.addSql(
      `create trigger "vehicle_search_deleted" before delete on "vehicles" begin delete from vehicle_search_documents where vehicle_id = old.id; end`,
    );
    this.addSql(`update dealers set submitted_at = updated_at where verification_status = 'PENDING'`);
  }

  override down(): void {
    this.addSql(`drop trigger "vehicle_search_deleted"`);
    this.addSql(`drop trigger "vehicle_search_changed"`);
    this.addSql(`drop trigger "vehicle_search_listed"`);
    this.addSql(`drop trigger "vehicle_search_document_removed"`);
    this.addSql(`drop trigger "vehicle_search_document_added"`);
    this.addSql(`drop table "vehicle_search"`);
    this.addSql(`drop table "vehicle_search_documents"`);
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
    this.addSql(`alter table "vehicles" drop column "featured_at"`);
    this.addSql(`alter table "vehicles" drop column "search_terms"`);
    this.addSql(`alter table "vehicles" drop column "market_value"`);
    this.addSql(`alter table "vehicles" drop column "comparable_count"`);
    this.addSql(`alter table "vehicles" drop column "deal_rating"`);
    this.addSql(`alter table "vehicles" drop column "deal_rank"`);
    this.addSql(`alter table "vehicles" drop column "rated_at"`);
    this.addSql(`alter table "vehicles" drop column "market_stale"`);
    this.addSql(`alter table "vehicles" drop column "match_due"`);
    this.addSql(`alter table "vehicles" drop column "kind"`);
  }
}
