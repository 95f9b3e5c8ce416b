import { Migration } from '@mikro-orm/migrations';

export class Migration20261122090000_create_marketplace extends Migration {
  override up(): void {
    this.addSql(
      `create table "inboxes" ("user_id" text not null primary key, "last_sequence" integer not null)`,
    );
    this.addSql(
      `create table "users" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "email" text not null, "password_hash" text not null, "user_type" text not null, "email_verified" integer not null default false, "first_name" text null, "last_name" text null, "phone" text null, "city" text null, "state" text null, "postal_code" text null)`,
    );
    this.addSql(`create unique index "users_email_unique" on "users" ("email")`);
    this.addSql(
      `create table "sessions" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "user_id" text not null, "refresh_jti" text not null, "expires_at" bigint not null, "revoked_at" bigint null, constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade)`,
    );
    this.addSql(`create index "sessions_expires_at_index" on "sessions" ("expires_at")`);
    this.addSql(`create index "sessions_revoked_at_index" on "sessions" ("revoked_at")`);
    this.addSql(`create index "sessions_user_id_index" on "sessions" ("user_id")`);
    this.addSql(
      `create table "dealers" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "user_id" text not null, "business_name" text not null, "license_number" text not null, "description" text null, "phone" text null, "website" text null, "address" text null, "city" text not null, "state" text not null, "postal_code" text null, "latitude" double null, "longitude" double null, "verification_status" text not null default 'UNVERIFIED', "verified_at" bigint null, "rejection_reason" text null, "submission_note" text null, constraint "dealers_user_id_foreign" foreign key ("user_id") references "users" ("id"))`,
    );
    this.addSql(`create index "dealers_user_id_index" on "dealers" ("user_id")`);
    this.addSql(`create unique index "dealers_user_unique" on "dealers" ("user_id")`);
    this.addSql(
      `create index "dealers_verification_index" on "dealers" ("verification_status", "business_name", "id")`,
    );
    this.addSql(`create index "dealers_place_index" on "dealers" ("state", "city", "business_name", "id")`);
    this.addSql(`create index "dealers_name_index" on "dealers" ("business_name", "id")`);
    this.addSql(
      `create table "client_mutations" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "user_id" text not null, "client_mutation_id" text not null, "input_hash" text not null, "result" json not null, constraint "client_mutations_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade)`,
    );
    this.addSql(`create index "client_mutations_user_id_index" on "client_mutations" ("user_id")`);
    this.addSql(
      `create unique index "client_mutations_unique" on "client_mutations" ("user_id", "client_mutation_id")`,
    );
    this.addSql(
      `create table "vehicles" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "dealer_id" text not null, "vin" text not null, "stock_number" text null, "make" text not null, "model" text not null, "make_key" text not null, "model_key" text not null, "year" integer not null, "trim" text null, "body_type" text null, "fuel_type" text null, "transmission" text null, "drivetrain" text null, "condition" text not null default 'USED', "exterior_color" text null, "interior_color" text null, "mileage" integer not null, "features" json not null, "description" text null, "asking_price" bigint not null, "msrp" bigint null, "status" text not null default 'DRAFT', "is_negotiable" integer not null default true, "listed_at" bigint not null, "published_at" bigint null, "sold_at" bigint null, constraint "vehicles_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id"))`,
    );
    this.addSql(`create index "vehicles_dealer_id_index" on "vehicles" ("dealer_id")`);
    this.addSql(
      `create index "vehicles_dealer_index" on "vehicles" ("dealer_id", "status", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_condition_index" on "vehicles" ("status", "condition", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_fuel_index" on "vehicles" ("status", "fuel_type", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_body_index" on "vehicles" ("status", "body_type", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_make_listed_index" on "vehicles" ("status", "make_key", "listed_at", "id")`,
    );
    this.addSql(
      `create index "vehicles_model_price_index" on "vehicles" ("status", "make_key", "model_key", "asking_price", "id")`,
    );
    this.addSql(
      `create index "vehicles_make_price_index" on "vehicles" ("status", "make_key", "asking_price", "id")`,
    );
    this.addSql(`create index "vehicles_mileage_index" on "vehicles" ("status", "mileage", "id")`);
    this.addSql(`create index "vehicles_year_index" on "vehicles" ("status", "year", "id")`);
    this.addSql(`create index "vehicles_price_index" on "vehicles" ("status", "asking_price", "id")`);
    this.addSql(`create index "vehicles_listed_index" on "vehicles" ("status", "listed_at", "id")`);
    this.addSql(
      `create unique index "vehicles_vin_unique" on "vehicles" ("dealer_id", "vin") where status <> 'ARCHIVED'`,
    );
    this.addSql(
      `create table "price_changes" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" text not null, "price" bigint not null, "changed_at" bigint not null, constraint "price_changes_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade)`,
    );
    this.addSql(`create index "price_changes_vehicle_id_index" on "price_changes" ("vehicle_id")`);
    this.addSql(
      `create index "price_changes_vehicle_index" on "price_changes" ("vehicle_id", "changed_at", "id")`,
    );
    this.addSql(
      `create table "negotiations" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" text not null, "buyer_id" text not null, "dealer_id" text not null, "status" text not null default 'ACTIVE', "turn" text null, "current_offer_id" text null, "agreed_price" bigint null, "end_reason" text null, "lapsed_by" text null, "expires_at" bigint null, "hold_expires_at" bigint null, "due_at" bigint not null, "last_sequence" integer not null default 0, "buyer_offer_count" integer not null default 0, "buyer_amount" bigint null, "dealer_amount" bigint null, "displaced_by" text null, "offers_forgiven" integer not null default false, constraint "negotiations_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id"), constraint "negotiations_buyer_id_foreign" foreign key ("buyer_id") references "users" ("id"), constraint "negotiations_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id"), constraint "negotiations_current_offer_id_foreign" foreign key ("current_offer_id") references "offers" ("id") on delete set null)`,
    );
    this.addSql(`create index "negotiations_vehicle_id_index" on "negotiations" ("vehicle_id")`);
    this.addSql(`create index "negotiations_buyer_id_index" on "negotiations" ("buyer_id")`);
    this.addSql(`create index "negotiations_dealer_id_index" on "negotiations" ("dealer_id")`);
    this.addSql(`create index "negotiations_current_offer_id_index" on "negotiations" ("current_offer_id")`);
    this.addSql(
      `create index "negotiations_hold_index" on "negotiations" ("hold_expires_at") where status = 'ACCEPTED'`,
    );
    this.addSql(
      `create index "negotiations_lapse_index" on "negotiations" ("expires_at") where status = 'ACTIVE'`,
    );
    this.addSql(
      `create index "negotiations_dealer_due_index" on "negotiations" ("dealer_id", "due_at", "id")`,
    );
    this.addSql(`create index "negotiations_buyer_due_index" on "negotiations" ("buyer_id", "due_at", "id")`);
    this.addSql(
      `create index "negotiations_dealer_created_index" on "negotiations" ("dealer_id", "created_at", "id")`,
    );
    this.addSql(
      `create index "negotiations_dealer_updated_index" on "negotiations" ("dealer_id", "updated_at", "id")`,
    );
    this.addSql(
      `create index "negotiations_buyer_created_index" on "negotiations" ("buyer_id", "created_at", "id")`,
    );
    this.addSql(
      `create index "negotiations_buyer_updated_index" on "negotiations" ("buyer_id", "updated_at", "id")`,
    );
    this.addSql(`create index "negotiations_vehicle_index" on "negotiations" ("vehicle_id", "buyer_id")`);
    this.addSql(
      `create unique index "negotiations_one_sale_unique" on "negotiations" ("vehicle_id") where status in ('ACCEPTED', 'COMPLETED')`,
    );
    this.addSql(
      `create unique index "negotiations_one_active_unique" on "negotiations" ("buyer_id", "vehicle_id") where status = 'ACTIVE'`,
    );
    this.addSql(
      `create table "offers" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "negotiation_id" text not null, "dealer_id" text not null, "amount" bigint not null, "party" text not null, "message" text null, "status" text not null default 'PENDING', "resolved_by" text null, "expires_at" bigint not null, "responded_at" bigint null, constraint "offers_negotiation_id_foreign" foreign key ("negotiation_id") references "negotiations" ("id") on delete cascade, constraint "offers_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id"))`,
    );
    this.addSql(`create index "offers_negotiation_id_index" on "offers" ("negotiation_id")`);
    this.addSql(`create index "offers_dealer_id_index" on "offers" ("dealer_id")`);
    this.addSql(
      `create index "offers_pending_index" on "offers" ("dealer_id", "expires_at", "id") where status = 'PENDING' and party = 'BUYER'`,
    );
    this.addSql(`create index "offers_negotiation_index" on "offers" ("negotiation_id", "created_at", "id")`);
    this.addSql(
      `create unique index "offers_one_pending_unique" on "offers" ("negotiation_id") where status = 'PENDING'`,
    );
    this.addSql(
      `create table "notifications" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "user_id" text not null, "sequence" integer not null, "kind" text not null, "title" text not null, "body" text not null, "read_at" bigint null, "vehicle_id" text null, "negotiation_id" text null, "offer_id" text null, constraint "notifications_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade, constraint "notifications_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete set null, constraint "notifications_negotiation_id_foreign" foreign key ("negotiation_id") references "negotiations" ("id") on delete set null, constraint "notifications_offer_id_foreign" foreign key ("offer_id") references "offers" ("id") on delete set null)`,
    );
    this.addSql(`create index "notifications_user_id_index" on "notifications" ("user_id")`);
    this.addSql(`create index "notifications_vehicle_id_index" on "notifications" ("vehicle_id")`);
    this.addSql(`create index "notifications_negotiation_id_index" on "notifications" ("negotiation_id")`);
    this.addSql(`create index "notifications_offer_id_index" on "notifications" ("offer_id")`);
    this.addSql(
      `create index "notifications_unread_index" on "notifications" ("user_id", "sequence") where read_at is null`,
    );
    this.addSql(
      `create unique index "notifications_sequence_unique" on "notifications" ("user_id", "sequence")`,
    );
    this.addSql(
      `create table "negotiation_events" ("id" text not null primary key, "created_at" bigint not null, "updated_at" bigint not null, "negotiation_id" text not null, "sequence" integer not null, "kind" text not null, "party" text null, "offer_id" text null, "message" text null, constraint "negotiation_events_negotiation_id_foreign" foreign key ("negotiation_id") references "negotiations" ("id") on delete cascade, constraint "negotiation_events_offer_id_foreign" foreign key ("offer_id") references "offers" ("id") on delete set null)`,
    );
    this.addSql(
      `create index "negotiation_events_negotiation_id_index" on "negotiation_events" ("negotiation_id")`,
    );
    this.addSql(`create index "negotiation_events_offer_id_index" on "negotiation_events" ("offer_id")`);
    this.addSql(
      `create unique index "negotiation_events_sequence_unique" on "negotiation_events" ("negotiation_id", "sequence")`,
    );
  }

  override down(): void {
    // Negotiations and offers name each other: one side lets go first.
    this.addSql(`update "negotiations" set "current_offer_id" = null`);
    this.addSql(`drop table "notifications"`);
    this.addSql(`drop table "inboxes"`);
    this.addSql(`drop table "negotiation_events"`);
    this.addSql(`drop table "offers"`);
    this.addSql(`drop table "negotiations"`);
    this.addSql(`drop table "client_mutations"`);
    this.addSql(`drop table "price_changes"`);
    this.addSql(`drop table "vehicles"`);
    this.addSql(`drop table "dealers"`);
    this.addSql(`drop table "sessions"`);
    this.addSql(`drop table "users"`);
  }
}
