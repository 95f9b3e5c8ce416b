import { Migration } from '@mikro-orm/migrations';

export class Migration20261122181000_record_job_runs extends Migration {
  override up(): void {
    this.addSql(
      `create table "job_runs" ("name" text not null primary key, "last_started_at" bigint null, "last_finished_at" bigint null, "last_duration_ms" integer null, "last_count" integer null, "last_error" text null, "last_error_at" bigint null, "failures" integer null, "next_run_at" bigint null, "every_ms" integer not null, "runs" bigint not null, "done" bigint not null)`,
    );
  }

  override down(): void {
    this.addSql(`drop table "job_runs"`);
  }
}
