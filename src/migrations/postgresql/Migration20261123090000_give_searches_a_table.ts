import { Migration } from '@mikro-orm/migrations';

/**
 * A search that nothing else narrows looks at the words of what is on the market, apart from all else of the listings: a
 * third of the pages, of which the finding, counting and ranking of common words wants nearly each. Triggers keep them,
 * whoever writes the listing.
 */
export class Migration20261123090000_give_searches_a_table extends Migration {
  override up(): void {
    this.addSql(
      `create table "vehicle_search" ("vehicle_id" uuid not null, "listed_at" bigint not null, "words" tsvector not null, primary key ("vehicle_id"))`,
    );
    this.addSql(
      `create function "feed_vehicle_search"() returns trigger language plpgsql as $$ begin insert into vehicle_search (vehicle_id, listed_at, words) values (new.id, new.listed_at, new.search_terms) on conflict (vehicle_id) do update set listed_at = excluded.listed_at, words = excluded.words; return null; end $$`,
    );
    this.addSql(
      `create function "leave_vehicle_search"() returns trigger language plpgsql as $$ begin delete from vehicle_search where vehicle_id = old.id; return null; end $$`,
    );
    this.addSql(
      `create trigger "vehicle_search_listed" after insert on "vehicles" for each row when (new.status = 'ACTIVE') execute function feed_vehicle_search()`,
    );
    this.addSql(
      `create trigger "vehicle_search_changed" after update of "status", "listed_at", "search_terms" on "vehicles" for each row when (new.status = 'ACTIVE' and (old.status <> new.status or old.listed_at <> new.listed_at or old.search_terms <> new.search_terms)) execute function feed_vehicle_search()`,
    );
    this.addSql(
      `create trigger "vehicle_search_left" after update of "status" on "vehicles" for each row when (old.status = 'ACTIVE' and new.status <> 'ACTIVE') execute function leave_vehicle_search()`,
    );
    this.addSql(
      `create trigger "vehicle_search_deleted" after delete on "vehicles" for each row when (old.status = 'ACTIVE') execute function leave_vehicle_search()`,
    );
    this.addSql(
      `insert into vehicle_search (vehicle_id, listed_at, words) select id, listed_at, search_terms from vehicles where status = 'ACTIVE' order by id`,
    );
    this.addSql(
      `create index "vehicle_search_words_index" on "vehicle_search" using gin ("words", ts_filter("words", '{a}'), ts_filter("words", '{b}'), ts_filter("words", '{c}'), ts_filter("words", '{d}'))`,
    );
    this.addSql(`create index "vehicle_search_listed_index" on "vehicle_search" ("listed_at", "vehicle_id")`);
    this.addSql(`analyze "vehicle_search"`);
  }

  override down(): void {
    for (const name of ['deleted', 'left', 'changed', 'listed']) {
      this.addSql(`drop trigger "vehicle_search_${name}" on "vehicles"`);
    }
    this.addSql(`drop function "leave_vehicle_search"`);
    this.addSql(`drop function "feed_vehicle_search"`);
    this.addSql(`drop table "vehicle_search"`);
  }
}
