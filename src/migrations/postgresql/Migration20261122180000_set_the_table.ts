import { Migration } from '@mikro-orm/migrations';

export class Migration20261122180000_set_the_table extends Migration {
  override up(): void {
    this.addSql(
      `alter table "vehicles" add "auto_accept_at" bigint null, add "auto_decline_below" bigint null`,
    );
    this.addSql(
      `alter table "negotiations" add "agreed_at" bigint null, add "ended_at" bigint null, add "warn_at" bigint null, add "buyer_read_sequence" int not null default 0, add "dealer_read_sequence" int not null default 0, add "buyer_unread" int not null default 0, add "dealer_unread" int not null default 0, add "dealer_offer_count" int not null default 0`,
    );
    this.addSql(`alter table "offers" add "asking_price" bigint not null default 0`);
    this.addSql(
      `create index "negotiations_agreed_index" on "negotiations" ("agreed_at", "dealer_id", "agreed_price") where agreed_at is not null`,
    );
    this.addSql(
      `create index "negotiations_warn_index" on "negotiations" ("warn_at") where warn_at is not null`,
    );
    this.addSql(
      `create index "offers_day_index" on "offers" ("created_at", "dealer_id") where party = 'BUYER'`,
    );
    this.addSql(
      `create index "offers_dealer_index" on "offers" ("dealer_id", "created_at", "id") where party = 'BUYER'`,
    );
    // What stands there already: prices as they were, and every entry unread, as nobody could read any.
    this.addSql(
      `update offers set asking_price = coalesce(
      (select p.price from price_changes as p join negotiations as n on n.vehicle_id = p.vehicle_id
        where n.id = offers.negotiation_id and p.changed_at <= offers.created_at
        order by p.changed_at desc, p.id desc limit 1),
      (select v.asking_price from vehicles as v join negotiations as n on n.vehicle_id = v.id
        where n.id = offers.negotiation_id))`,
    );
    this.addSql(
      `update negotiations set
      agreed_at = (select o.responded_at from offers as o where o.negotiation_id = negotiations.id and o.status = 'ACCEPTED'),
      ended_at = case when status in ('ACTIVE', 'ACCEPTED') then null else updated_at end,
      warn_at = case when status = 'ACTIVE' then expires_at - 21600000 end,
      dealer_offer_count = (select count(*) from offers as o where o.negotiation_id = negotiations.id and o.party = 'DEALER'),
      buyer_unread = (select count(*) from negotiation_events as e
        where e.negotiation_id = negotiations.id and coalesce(e.party, '') <> 'BUYER'),
      dealer_unread = (select count(*) from negotiation_events as e
        where e.negotiation_id = negotiations.id and coalesce(e.party, '') <> 'DEALER')`,
    );
    this.addSql(`update offers set responded_at = expires_at where status = 'EXPIRED'`);
  }

  override down(): void {
    this.addSql(`drop index "offers_dealer_index"`);
    this.addSql(`drop index "offers_day_index"`);
    this.addSql(`drop index "negotiations_warn_index"`);
    this.addSql(`drop index "negotiations_agreed_index"`);
    this.addSql(`alter table "offers" drop column "asking_price"`);
    this.addSql(
      `alter table "negotiations" drop column "agreed_at", drop column "ended_at", drop column "warn_at", drop column "buyer_read_sequence", drop column "dealer_read_sequence", drop column "buyer_unread", drop column "dealer_unread", drop column "dealer_offer_count"`,
    );
    this.addSql(`alter table "vehicles" drop column "auto_accept_at", drop column "auto_decline_below"`);
  }
}
