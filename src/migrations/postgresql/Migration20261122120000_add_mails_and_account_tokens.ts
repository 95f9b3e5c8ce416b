import { Migration } from '@mikro-orm/migrations';

export class Migration20261122120000_add_mails_and_account_tokens extends Migration {
  override up(): void {
    this.addSql(
      `create table "mails" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "kind" varchar(40) not null, "recipient_id" uuid null, "data" jsonb not null, "status" varchar(10) not null default 'QUEUED', "attempts" int not null default 0, "due_at" bigint not null, "sent_at" bigint null, "last_error" varchar(500) null, primary key ("id"))`,
    );
    this.addSql(`create index "mails_recipient_index" on "mails" ("recipient_id")`);
    this.addSql(`create index "mails_due_index" on "mails" ("status", "due_at", "id")`);
    this.addSql(
      `create table "account_tokens" ("id" uuid not null, "created_at" bigint not null, "updated_at" bigint not null, "user_id" uuid not null, "purpose" varchar(20) not null, "digest" varchar(64) not null, "expires_at" bigint not null, "used_at" bigint null, primary key ("id"))`,
    );
    this.addSql(
      `alter table "account_tokens" add constraint "account_tokens_digest_unique" unique ("digest")`,
    );
    this.addSql(`create index "account_tokens_expires_at_index" on "account_tokens" ("expires_at")`);
    this.addSql(`create index "account_tokens_user_index" on "account_tokens" ("user_id")`);
    this.addSql(
      `alter table "account_tokens" add constraint "account_tokens_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(`alter table "users" add "avatar_key" varchar(200) null, add "deleted_at" bigint null`);
    this.addSql(
      `alter table "sessions" add "previous_jti" uuid null, add "rotated_at" bigint null, add "client_key" varchar(64) null`,
    );
    this.addSql(`alter table "dealers" add "closed_at" bigint null`);
  }

  override down(): void {
    this.addSql(`alter table "dealers" drop "closed_at"`);
    this.addSql(`alter table "sessions" drop "previous_jti", drop "rotated_at", drop "client_key"`);
    this.addSql(`alter table "users" drop "avatar_key", drop "deleted_at"`);
    this.addSql(`drop table "account_tokens"`);
    this.addSql(`drop table "mails"`);
  }
}
