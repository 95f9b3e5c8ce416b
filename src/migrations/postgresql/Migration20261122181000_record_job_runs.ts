import { Migration } from '@mikro-orm/migrations';

export class Migration20261122181000_record_job_runs extends Migration {
  override up(): void {
    this.addSql(
      `create table "job_runs" ("name" varchar(100) not null primary key, "last_started_at" bigint null, "last_finished_at" bigint null, "last_duration_ms" int null, "last_count" int null, "last_error" varchar(500) null, "last_error_at" bigint null, "failures" int null, "next_run_at" bigint null, "every_ms" int not null, "runs" bigint not null, "done" bigint not null)`,
    );
  }

  override down(): void {
    this.addSql(`drop table "job_runs"`);
  }
}
