import { Migration } from '@mikro-orm/migrations';

export class Migration20261122182000_add_notification_preferences extends Migration {
  override up(): void {
    this.addSql(
      `create table "notification_preferences" ("user_id" text not null, "kind" text not null, "email" integer not null, primary key ("user_id", "kind"), constraint "notification_preferences_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade)`,
    );
    this.addSql(
      `create index "notification_preferences_user_id_index" on "notification_preferences" ("user_id")`,
    );
    this.addSql(`alter table "notifications" add "quote" text null`);
    this.addSql(`alter table "notifications" add "log_sequence" integer null`);
    this.addSql(`alter table "mails" add "burst_key" text null`);
    this.addSql(`alter table "mails" add "burst_from" integer null`);
    this.addSql(
      `create unique index "mails_burst_unique" on "mails" ("burst_key") where status = 'QUEUED' and attempts = 0`,
    );
  }

  override down(): void {
    this.addSql(`drop index "mails_burst_unique"`);
    this.addSql(`alter table "mails" drop column "burst_from"`);
    this.addSql(`alter table "mails" drop column "burst_key"`);
    this.addSql(`alter table "notifications" drop column "log_sequence"`);
    this.addSql(`alter table "notifications" drop column "quote"`);
    this.addSql(`drop table "notification_preferences"`);
  }
}
