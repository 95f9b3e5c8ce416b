import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { CentsType, InstantType } from '../../../kernel/base.entity.js';
import type { Day } from '../../../kernel/days.js';
import type { Cents } from '../../../kernel/money.js';

/** What happened to a dealer on a day, where anything did. It stays when the dealership closes. */
@Entity({ tableName: 'dealer_days' })
@Index({ name: 'dealer_days_day_index', properties: ['day'] })
export class DealerDay {
  @PrimaryKey({ type: 'uuid' })
  dealerId!: string;

  @PrimaryKey({ type: 'string', length: 10 })
  day!: Day;

  @Property({ type: 'integer' })
  views!: number;

  @Property({ type: 'integer' })
  saves!: number;

  @Property({ type: 'integer' })
  offers!: number;

  @Property({ type: 'integer' })
  agreements!: number;

  @Property({ type: CentsType })
  agreedValue!: Cents;
}

/** A day that has been counted, quiet or not: there is one for each day from the first to the last of them. */
@Entity({ tableName: 'market_days' })
export class MarketDay {
  @PrimaryKey({ type: 'string', length: 10 })
  day!: Day;

  @Property({ type: 'integer' })
  agreements!: number;

  @Property({ type: CentsType })
  agreedValue!: Cents;

  /** When it was last counted. */
  @Property({ type: InstantType })
  countedAt!: Date;
}
