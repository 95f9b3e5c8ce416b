import { BigIntType, type Opt, type Ref, ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType } from 'type-graphql';
import { v7 as uuidv7 } from 'uuid';
import { BaseEntity, CentsType, InstantType } from '../../kernel/base.entity.js';
import { type Cents, MoneyScalar } from '../../kernel/money.js';
import { DateTimeScalar } from '../../kernel/scalars.js';
import { Dealer } from '../dealers/index.js';
import type { DealersRules } from './dealers-rules/dealers-rules.js';
import { type DealRating, UNRATED } from './market/deal-rating.js';
import { dealOf } from './market/market.rules.js';
import { SearchTermsType, searchTermsOf } from './search/search-terms.js';
import {
  BodyType,
  Drivetrain,
  FuelType,
  Transmission,
  VehicleCondition,
  VehicleStatus,
} from './vehicle.enums.js';
import { kindOf, NO_KIND } from './vehicle.kind.js';
import { nameKey } from './vehicle.names.js';

/** What a dealer says of a car and may change while it is for sale; its price has a history and a method of its own. */
export interface VehicleDetails {
  stockNumber: string | null;
  make: string;
  model: string;
  year: number;
  trim: string | null;
  bodyType: BodyType | null;
  fuelType: FuelType | null;
  transmission: Transmission | null;
  drivetrain: Drivetrain | null;
  condition: VehicleCondition;
  exteriorColor: string | null;
  interiorColor: string | null;
  mileage: number;
  features: string[];
  description: string | null;
  msrp: Cents | null;
  isNegotiable: boolean;
}

/** A car that a dealer offers. Its status is the lock that one sale at most can take. */
@Entity({ tableName: 'vehicles' })
@Unique({ name: 'vehicles_vin_unique', properties: ['dealer', 'vin'], where: "status <> 'ARCHIVED'" })
@Index({ name: 'vehicles_listed_index', properties: ['status', 'listedAt', 'id'] })
@Index({ name: 'vehicles_price_index', properties: ['status', 'askingPrice', 'id'] })
@Index({ name: 'vehicles_year_index', properties: ['status', 'year', 'id'] })
@Index({ name: 'vehicles_mileage_index', properties: ['status', 'mileage', 'id'] })
@Index({ name: 'vehicles_make_price_index', properties: ['status', 'makeKey', 'askingPrice', 'id'] })
@Index({
  name: 'vehicles_model_price_index',
  // From the year on for facets and counts, which then need no look at the listings.
  properties: ['status', 'makeKey', 'modelKey', 'askingPrice', 'id', 'year', 'bodyType', 'fuelType'],
})
@Index({ name: 'vehicles_make_listed_index', properties: ['status', 'makeKey', 'listedAt', 'id'] })
@Index({ name: 'vehicles_body_index', properties: ['status', 'bodyType', 'listedAt', 'id'] })
@Index({ name: 'vehicles_fuel_index', properties: ['status', 'fuelType', 'listedAt', 'id'] })
@Index({ name: 'vehicles_condition_index', properties: ['status', 'condition', 'listedAt', 'id'] })
@Index({
  name: 'vehicles_gearbox_index',
  properties: ['status', 'transmission', 'drivetrain', 'listedAt', 'id'],
})
@Index({ name: 'vehicles_dealer_index', properties: ['dealer', 'status', 'listedAt', 'id'] })
@Index({ name: 'vehicles_body_price_index', properties: ['status', 'bodyType', 'askingPrice', 'id'] })
@Index({ name: 'vehicles_rating_index', properties: ['status', 'dealRating', 'listedAt', 'id'] })
@Index({ name: 'vehicles_deal_index', properties: ['status', 'dealRank', 'id'] })
@Index({ name: 'vehicles_kind_index', properties: ['status', 'kind', 'askingPrice', 'dealer'] })
@Index({
  name: 'vehicles_featured_index',
  properties: ['featuredAt', 'id'],
  where: 'featured_at is not null',
})
@Index({ name: 'vehicles_rated_index', properties: ['status', 'ratedAt', 'id'] })
@Index({ name: 'vehicles_stale_index', properties: ['makeKey', 'modelKey'], where: 'market_stale' })
@Index({
  name: 'vehicles_match_due_index',
  properties: ['status', 'id'],
  where: 'match_due is not null',
})
@Index({ name: 'vehicles_unindexed_index', properties: ['id'], where: "search_terms = ''" })
@ObjectType({ description: 'A car that a dealer offers.' })
export class Vehicle extends BaseEntity {
  @ManyToOne(() => Dealer, { ref: true })
  @Field(() => Dealer, { description: 'Who sells it.' })
  dealer!: Ref<Dealer>;

  @Property({ type: 'string', length: 17 })
  @Field(() => String, { description: 'Vehicle identification number: 17 characters, check digit verified.' })
  vin!: string;

  @Property({ type: 'string', length: 100, nullable: true })
  @Field(() => String, { nullable: true, description: "The dealer's own number for it." })
  stockNumber: string | null = null;

  @Property({ type: 'string', length: 100 })
  @Field(() => String, { description: 'Who made it, "Toyota".' })
  make!: string;

  @Property({ type: 'string', length: 100 })
  @Field(() => String, { description: 'Model, "Camry".' })
  model!: string;

  /** Make and model in lower case, for filters that do not care. */
  @Property({ type: 'string', length: 100 })
  makeKey!: string;

  @Property({ type: 'string', length: 100 })
  modelKey!: string;

  /** Its make, model, body, fuel and year as one number, for the counting of facets: `kindOf`. */
  @Property({ type: new BigIntType('number'), defaultRaw: String(NO_KIND) })
  kind: number & Opt = NO_KIND;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Model year.' })
  year!: number;

  @Property({ type: 'string', length: 100, nullable: true })
  @Field(() => String, { nullable: true, description: 'Trim level, "XLE".' })
  trim: string | null = null;

  @Property({ type: 'string', length: 20, nullable: true })
  @Field(() => BodyType, { nullable: true, description: 'Body style.' })
  bodyType: BodyType | null = null;

  @Property({ type: 'string', length: 20, nullable: true })
  @Field(() => FuelType, { nullable: true, description: 'What it runs on.' })
  fuelType: FuelType | null = null;

  @Property({ type: 'string', length: 20, nullable: true })
  @Field(() => Transmission, { nullable: true, description: 'Kind of gearbox.' })
  transmission: Transmission | null = null;

  @Property({ type: 'string', length: 20, nullable: true })
  @Field(() => Drivetrain, { nullable: true, description: 'Which wheels are driven.' })
  drivetrain: Drivetrain | null = null;

  @Property({ type: 'string', length: 20 })
  @Field(() => VehicleCondition, { description: 'New, used, or used and certified by its maker.' })
  condition: VehicleCondition & Opt = 'USED';

  @Property({ type: 'string', length: 100, nullable: true })
  @Field(() => String, { nullable: true, description: 'Colour outside.' })
  exteriorColor: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  @Field(() => String, { nullable: true, description: 'Colour inside.' })
  interiorColor: string | null = null;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Miles on the odometer.' })
  mileage!: number;

  @Property({ type: 'json' })
  @Field(() => [String], { description: 'Equipment worth naming, 100 entries at most.' })
  features: string[] & Opt = [];

  @Property({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'What the dealer says of it.' })
  description: string | null = null;

  @Property({ type: CentsType })
  @Field(() => MoneyScalar, { description: 'What the dealer asks for it.' })
  askingPrice!: Cents;

  @Property({ type: CentsType, nullable: true })
  @Field(() => MoneyScalar, { nullable: true, description: "The maker's list price when it was new." })
  msrp: Cents | null = null;

  @Property({ type: 'string', length: 20 })
  @Field(() => VehicleStatus, { description: 'Where it is on its way from draft to sold.' })
  status: VehicleStatus & Opt = 'DRAFT';

  @Property({ type: 'boolean' })
  @Field(() => Boolean, { description: 'Whether offers are taken.' })
  isNegotiable: boolean & Opt = true;

  /** The dealer's rules: a buyer's offer from this amount on is accepted at once. No buyer ever learns of them. */
  @Property({ type: CentsType, nullable: true })
  autoAcceptAt: Cents | null = null;

  /** And one below this amount is turned down at once. */
  @Property({ type: CentsType, nullable: true })
  autoDeclineBelow: Cents | null = null;

  /** Sorts the listings: when it was published or, before that, made. Never null, so that a cursor can hold it. */
  @Property({ type: InstantType })
  listedAt: Date & Opt = new Date();

  @Property({ type: InstantType, nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was first published.' })
  publishedAt: Date | null = null;

  @Property({ type: InstantType, nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was sold.' })
  soldAt: Date | null = null;

  /** Since when an admin shows it on the front page; null for the most. */
  @Property({ type: InstantType, nullable: true })
  featuredAt: Date | null = null;

  /** Its words, for full-text search: `searchTermsOf`. Empty only until a job has seen to it. */
  @Property({ type: SearchTermsType, lazy: true, default: '' })
  searchTerms: string & Opt = '';

  /** What comparable listings say that it is worth; null while there are too few of them. */
  @Property({ type: CentsType, nullable: true })
  marketValue: Cents | null = null;

  @Property({ type: 'integer', default: 0 })
  comparableCount: number & Opt = 0;

  @Property({ type: 'string', length: 10, nullable: true })
  dealRating: DealRating | null = null;

  /** Sorts the best deals first: the asking price against the market value in hundredths of a percent, or UNRATED. */
  @Property({ type: 'integer', default: UNRATED })
  dealRank: number & Opt = UNRATED;

  /** When it was last compared with the market; null before the first time. */
  @Property({ type: InstantType, nullable: true })
  ratedAt: Date | null = null;

  /** That it changed in a way that may move the market value of its like, and no job has seen it since. */
  @Property({ type: 'boolean', default: true })
  marketStale: boolean & Opt = true;

  /**
   * Names its last change by which it may newly match saved searches, until a job has looked: a UUIDv7, greater than the
   * ids of the searches that were made before. Null once it was looked at.
   */
  @Property({ type: 'uuid', nullable: true })
  matchDue: string | null = null;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  override updatedAt: Date & Opt = new Date();

  /** A draft, with the first entry of its price history. */
  static draft(
    dealer: Ref<Dealer>,
    vin: string,
    askingPrice: Cents,
    details: VehicleDetails,
    at: Date,
  ): { vehicle: Vehicle; firstPrice: PriceChange } {
    const vehicle = new Vehicle();
    vehicle.dealer = dealer;
    vehicle.vin = vin;
    vehicle.askingPrice = askingPrice;
    vehicle.createdAt = at;
    vehicle.listedAt = at;
    vehicle.revise(details, at);
    return { vehicle, firstPrice: PriceChange.of(vehicle, at) };
  }

  revise(details: Partial<VehicleDetails>, at: Date): void {
    const before = this.comparedAs();
    Object.assign(this, details);
    this.makeKey = nameKey(this.make);
    this.modelKey = nameKey(this.model);
    this.kind = kindOf(this);
    if (this.comparedAs() !== before) this.marketValue = null;
    this.appraise();
    this.searchTerms = searchTermsOf(this);
    this.mayMatchAnew();
    this.touch(at);
  }

  /** It has other photos now, or has them in another order. */
  changePhotos(at: Date): void {
    this.touch(at);
  }

  /** On the market. */
  publish(at: Date): void {
    this.status = 'ACTIVE';
    if (!this.publishedAt) {
      this.publishedAt = at;
      this.listedAt = at;
    }
    this.mayMatchAnew();
    this.touch(at);
  }

  /** Off the market for good; its VIN may be listed again. */
  archive(at: Date): void {
    this.status = 'ARCHIVED';
    this.touch(at);
  }

  /** Kept for the buyer with whom a price was agreed. */
  hold(at: Date): void {
    this.expectStatus('ACTIVE');
    this.status = 'PENDING';
    this.touch(at);
  }

  /** Back on the market: the agreement came to nothing. */
  release(at: Date): void {
    this.expectStatus('PENDING');
    this.status = 'ACTIVE';
    this.touch(at);
  }

  sell(at: Date): void {
    this.expectStatus('PENDING');
    this.status = 'SOLD';
    this.soldAt = at;
    this.touch(at);
  }

  /** The entry for its price history. */
  reprice(price: Cents, at: Date): PriceChange {
    this.askingPrice = price;
    this.mayMatchAnew();
    this.appraise();
    this.touch(at);
    return PriceChange.of(this, at);
  }

  /** Nobody but its dealer sees a difference: it is no change of the listing, and touches nothing else. */
  setRules(rules: Partial<DealersRules>): void {
    Object.assign(this, rules);
  }

  /** Saved searches are to be looked at again, now or once it is back on the market. */
  private mayMatchAnew(): void {
    if (this.status === 'ACTIVE' || this.status === 'PENDING') this.matchDue = uuidv7();
  }

  /** Whether that was a change. */
  feature(featured: boolean, at: Date): boolean {
    if (featured === (this.featuredAt !== null)) return false;
    this.featuredAt = featured ? at : null;
    // Of the car itself nothing changed: nobody need look at it anew.
    super.touch(at);
    return true;
  }

  /** Whatever changes may move the market value of its like. */
  protected override touch(at: Date): void {
    this.marketStale = true;
    super.touch(at);
  }

  /** What it is compared with depends on this. */
  private comparedAs(): string {
    return JSON.stringify([this.makeKey, this.modelKey, this.year, this.condition]);
  }

  /** The rating of the price as it is now, by the value that the market job found last. */
  private appraise(): void {
    Object.assign(this, dealOf(this.askingPrice, this.marketValue));
  }

  private expectStatus(status: VehicleStatus): void {
    if (this.status !== status) throw new Error(`Vehicle ${this.id} is ${this.status}, not ${status}`);
  }
}

/** One asking price and since when it stood. The first is the price at its making. */
@Entity({ tableName: 'price_changes' })
@Index({ name: 'price_changes_vehicle_index', properties: ['vehicle', 'changedAt', 'id'] })
@ObjectType({ description: 'An asking price and since when it stood.' })
export class PriceChange extends BaseEntity {
  @ManyToOne(() => Vehicle, { ref: true, deleteRule: 'cascade' })
  vehicle!: Ref<Vehicle>;

  @Property({ type: CentsType })
  @Field(() => MoneyScalar, { description: 'The price asked from then on.' })
  price!: Cents;

  @Property({ type: InstantType })
  @Field(() => DateTimeScalar, { description: 'Since when.' })
  changedAt!: Date;

  static of(vehicle: Vehicle, at: Date): PriceChange {
    const change = new PriceChange();
    change.vehicle = ref(vehicle);
    change.price = vehicle.askingPrice;
    change.changedAt = at;
    change.createdAt = at;
    change.updatedAt = at;
    return change;
  }
}
