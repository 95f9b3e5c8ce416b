import { Migration } from '@mikro-orm/migrations';

export class Migration20261122090000_create_marketplace extends Migration {
  override up(): void {
    this.addSql(
      `create table "inboxes" ("user_id" uuid not null, "last_sequence" int not null, primary key ("user_id"))`,
    );
    this.addSql(
      `create table "users" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "email" varchar(254) not null, "password_hash" varchar(255) not null, "user_type" varchar(10) not null, "email_verified" boolean not null default false, "first_name" varchar(100) null, "last_name" varchar(100) null, "phone" varchar(100) null, "city" varchar(100) null, "state" varchar(100) null, "postal_code" varchar(100) null, primary key ("id"))`,
    );
    this.addSql(`alter table "users" add constraint "users_email_unique" unique ("email")`);
    this.addSql(
      `create table "sessions" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "refresh_jti" uuid not null, "expires_at" bigint not null, "revoked_at" bigint null, primary key ("id"))`,
    );
    this.addSql(`create index "sessions_expires_at_index" on "sessions" ("expires_at")`);
    this.addSql(`create index "sessions_revoked_at_index" on "sessions" ("revoked_at")`);
    this.addSql(`create index "sessions_user_id_index" on "sessions" ("user_id")`);
    this.addSql(
      `create table "dealers" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "business_name" varchar(100) not null, "license_number" varchar(100) not null, "description" text null, "phone" varchar(100) null, "website" varchar(2000) null, "address" varchar(200) null, "city" varchar(100) not null, "state" varchar(100) not null, "postal_code" varchar(100) null, "latitude" double precision null, "longitude" double precision null, "verification_status" varchar(20) not null default 'UNVERIFIED', "verified_at" bigint null, "rejection_reason" text null, "submission_note" text null, primary key ("id"))`,
    );
    this.addSql(`alter table "dealers" add constraint "dealers_user_unique" unique ("user_id")`);
    this.addSql(
      `create index "dealers_verification_index" on "dealers" ("verification_status", "business_name", "id")`,
    );
    this.addSql(`create index "dealers_place_index" on "dealers" ("state", "city", "business_name", "id")`);
    this.addSql(`create index "dealers_name_index" on "dealers" ("business_name", "id")`);
    this.addSql(
      `create table "client_mutations" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "client_mutation_id" varchar(100) not null, "input_hash" varchar(64) not null, "result" jsonb not null, primary key ("id"))`,
    );
    this.addSql(
      `alter table "client_mutations" add constraint "client_mutations_unique" unique ("user_id", "client_mutation_id")`,
    );
    this.addSql(
      `create table "vehicles" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "dealer_id" uuid not null, "vin" varchar(17) not null, "stock_number" varchar(100) null, "make" varchar(100) not null, "model" varchar(100) not null, "make_key" varchar(100) not null, "model_key" varchar(100) not null, "year" int not null, "trim" varchar(100) null, "body_type" varchar(20) null, "fuel_type" varchar(20) null, "transmission" varchar(20) null, "drivetrain" varchar(20) null, "condition" varchar(20) not null default 'USED', "exterior_color" varchar(100) null, "interior_color" varchar(100) null, "mileage" int not null, "features" jsonb not null, "description" text null, "asking_price" bigint not null, "msrp" bigint null, "status" varchar(20) not null default 'DRAFT', "is_negotiable" boolean not null default true, "listed_at" bigint not null, "published_at" bigint null, "sold_at" bigint null, primary key ("id"))`,
    );
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
      `create table "price_changes" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" uuid not null, "price" bigint not null, "changed_at" bigint not null, primary key ("id"))`,
    );
    this.addSql(
      `create index "price_changes_vehicle_index" on "price_changes" ("vehicle_id", "changed_at", "id")`,
    );
    this.addSql(
      `create table "negotiations" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "vehicle_id" uuid not null, "buyer_id" uuid not null, "dealer_id" uuid not null, "status" varchar(20) not null default 'ACTIVE', "turn" varchar(10) null, "current_offer_id" uuid null, "agreed_price" bigint null, "end_reason" varchar(30) null, "lapsed_by" varchar(10) null, "expires_at" bigint null, "hold_expires_at" bigint null, "due_at" bigint not null, "last_sequence" int not null default 0, "buyer_offer_count" int not null default 0, "buyer_amount" bigint null, "dealer_amount" bigint null, "displaced_by" uuid null, "offers_forgiven" boolean not null default false, primary key ("id"))`,
    );
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
      `create table "offers" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "negotiation_id" uuid not null, "dealer_id" uuid not null, "amount" bigint not null, "party" varchar(10) not null, "message" text null, "status" varchar(10) not null default 'PENDING', "resolved_by" varchar(10) null, "expires_at" bigint not null, "responded_at" bigint null, primary key ("id"))`,
    );
    this.addSql(
      `create index "offers_pending_index" on "offers" ("dealer_id", "expires_at", "id") where status = 'PENDING' and party = 'BUYER'`,
    );
    this.addSql(`create index "offers_negotiation_index" on "offers" ("negotiation_id", "created_at", "id")`);
    this.addSql(
      `create unique index "offers_one_pending_unique" on "offers" ("negotiation_id") where status = 'PENDING'`,
    );
    this.addSql(
      `create table "notifications" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "sequence" int not null, "kind" varchar(30) not null, "title" varchar(200) not null, "body" text not null, "read_at" bigint null, "vehicle_id" uuid null, "negotiation_id" uuid null, "offer_id" uuid null, primary key ("id"))`,
    );
    this.addSql(
      `create index "notifications_unread_index" on "notifications" ("user_id", "sequence") where read_at is null`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_sequence_unique" unique ("user_id", "sequence")`,
    );
    this.addSql(
      `create table "negotiation_events" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "negotiation_id" uuid not null, "sequence" int not null, "kind" varchar(30) not null, "party" varchar(10) null, "offer_id" uuid null, "message" text null, primary key ("id"))`,
    );
    this.addSql(
      `alter table "negotiation_events" add constraint "negotiation_events_sequence_unique" unique ("negotiation_id", "sequence")`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "dealers" add constraint "dealers_user_id_foreign" foreign key ("user_id") references "users" ("id")`,
    );
    this.addSql(
      `alter table "client_mutations" add constraint "client_mutations_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "vehicles" add constraint "vehicles_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id")`,
    );
    this.addSql(
      `alter table "price_changes" add constraint "price_changes_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "negotiations" add constraint "negotiations_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id")`,
    );
    this.addSql(
      `alter table "negotiations" add constraint "negotiations_buyer_id_foreign" foreign key ("buyer_id") references "users" ("id")`,
    );
    this.addSql(
      `alter table "negotiations" add constraint "negotiations_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id")`,
    );
    this.addSql(
      `alter table "negotiations" add constraint "negotiations_current_offer_id_foreign" foreign key ("current_offer_id") references "offers" ("id") on delete set null`,
    );
    this.addSql(
      `alter table "offers" add constraint "offers_negotiation_id_foreign" foreign key ("negotiation_id") references "negotiations" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "offers" add constraint "offers_dealer_id_foreign" foreign key ("dealer_id") references "dealers" ("id")`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_vehicle_id_foreign" foreign key ("vehicle_id") references "vehicles" ("id") on delete set null`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_negotiation_id_foreign" foreign key ("negotiation_id") references "negotiations" ("id") on delete set null`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_offer_id_foreign" foreign key ("offer_id") references "offers" ("id") on delete set null`,
    );
    this.addSql(
      `alter table "negotiation_events" add constraint "negotiation_events_negotiation_id_foreign" foreign key ("negotiation_id") references "negotiations" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "negotiation_events" add constraint "negotiation_events_offer_id_foreign" foreign key ("offer_id") references "offers" ("id") on delete set null`,
    );
  }

  override down(): void {
    this.addSql(`alter table "negotiations" drop constraint "negotiations_current_offer_id_foreign"`);
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
