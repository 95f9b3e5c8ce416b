import { Field, ObjectType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';
import { FacetCount } from '../vehicle.payloads.js';
import { MAX_MAKES, MAX_MODELS } from './facets.rules.js';

@ObjectType({ description: 'From the lowest to the highest asking price of a list.' })
export class PriceRange {
  @Field(() => MoneyScalar, { nullable: true, description: 'The lowest; null where nothing is listed.' })
  min!: Cents | null;

  @Field(() => MoneyScalar, { nullable: true, description: 'The highest; null where nothing is listed.' })
  max!: Cents | null;
}

@ObjectType({
  description:
    'What else a list could be narrowed to: counts over the whole list, not its page. Each facet leaves its own filter out; values come with the most listings first, then by name.',
})
export class VehicleFacets {
  @Field(() => [FacetCount], {
    description: `Without the filter \`makes\`. The ${MAX_MAKES} makes with the most listings at most.`,
  })
  makes!: FacetCount[];

  @Field(() => [FacetCount], {
    description: `Without the filter \`models\`. The ${MAX_MODELS} models with the most listings at most; models of one name count as one, whoever makes them.`,
  })
  models!: FacetCount[];

  @Field(() => [FacetCount], {
    description:
      'Without the filter `bodyTypes`. Values of BodyType; listings that do not tell it are in none.',
  })
  bodyTypes!: FacetCount[];

  @Field(() => [FacetCount], {
    description:
      'Without the filter `fuelTypes`. Values of FuelType; listings that do not tell it are in none.',
  })
  fuelTypes!: FacetCount[];

  @Field(() => [FacetCount], {
    description:
      'Without the filters `yearMin` and `yearMax`. The newest model year first, whatever its count.',
  })
  years!: FacetCount[];

  @Field(() => PriceRange, { description: 'Without the filters `priceMin` and `priceMax`.' })
  price!: PriceRange;
}
