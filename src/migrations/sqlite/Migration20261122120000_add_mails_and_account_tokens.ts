import { Migration } from '@mikro-orm/migrations';

export class Migration20261122120000_add_mails_and_account_tokens extends Migration {
  override up(): void {
    this.addSql(
      "create table `mails` (`id` text not null primary key, `created_at` bigint not null, `updated_at` bigint not null, `kind` text not null, `recipient_id` text null, `data` json not null, `status` text not null default 'QUEUED', `attempts` integer not null default 0, `due_at` bigint not null, `sent_at` bigint null, `last_error` text null)",
    );
    this.addSql('create index `mails_recipient_index` on `mails` (`recipient_id`)');
    this.addSql('create index `mails_due_index` on `mails` (`status`, `due_at`, `id`)');
    this.addSql(
      'create table `account_tokens` (`id` text not null primary key, `created_at` bigint not null, `updated_at` bigint not null, `user_id` text not null, `purpose` text not null, `digest` text not null, `expires_at` bigint not null, `used_at` bigint null, constraint `account_tokens_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade)',
    );
    this.addSql('create unique index `account_tokens_digest_unique` on `account_tokens` (`digest`)');
    this.addSql('create index `account_tokens_expires_at_index` on `account_tokens` (`expires_at`)');
    this.addSql('create index `account_tokens_user_index` on `account_tokens` (`user_id`)');
    this.addSql('alter table `users` add column `avatar_key` text null');
    this.addSql('alter table `users` add column `deleted_at` bigint null');
    this.addSql('alter table `sessions` add column `previous_jti` text null');
    this.addSql('alter table `sessions` add column `rotated_at` bigint null');
    this.addSql('alter table `sessions` add column `client_key` text null');
    this.addSql('alter table `dealers` add column `closed_at` bigint null');
  }

  override down(): void {
    this.addSql('alter table `dealers` drop column `closed_at`');
    this.addSql('alter table `sessions` drop column `client_key`');
    this.addSql('alter table `sessions` drop column `rotated_at`');
    this.addSql('alter table `sessions` drop column `previous_jti`');
    this.addSql('alter table `users` drop column `deleted_at`');
    this.addSql('alter table `users` drop column `avatar_key`');
    this.addSql('drop table `account_tokens`');
    this.addSql('drop table `mails`');
  }
}
