/** The pages of the showroom, as a marketplace's client asks for them. */
export interface BenchPage {
  readonly name: string;
  readonly query: string;
  /** Whether its filter keeps few: its cost must not grow with the table then. */
  readonly isSelective: boolean;
}

const CARD = `id make model year trim mileage askingPrice status
  dealer { id businessName city state } primaryImage { thumbnailUrl width height alt }`;

const page = (filter: string, orderBy: string) =>
  `{ vehicles(filter: ${filter}, orderBy: ${orderBy}, first: 20) { totalCount nodes { ${CARD} } pageInfo { hasNextPage endCursor } } }`;

const SELECTIVE = '{ makes: ["Toyota"], models: ["Camry"], yearMin: 2020, priceMax: "24000" }';
const NEAR = '{ near: { latitude: 30.27, longitude: -97.74, radiusMiles: 25 } }';

export const pages: readonly BenchPage[] = [
  {
    name: 'listing: a model, years and price, cheapest first',
    query: page(SELECTIVE, 'PRICE_ASC'),
    isSelective: true,
  },
  {
    name: 'listing: a make and price, cheapest first',
    query: page('{ makes: ["Toyota"], priceMin: "20000", priceMax: "22000" }', 'PRICE_ASC'),
    isSelective: true,
  },
  { name: 'listing: all by price', query: page('{}', 'PRICE_ASC'), isSelective: false },
  { name: 'listing: all, newest first', query: page('{}', 'NEWEST'), isSelective: false },
  { name: 'listing: all, best deals first', query: page('{}', 'BEST_DEAL'), isSelective: false },
  {
    name: 'vehicle detail',
    query: `query ($id: ID!) { vehicle(id: $id) { ${CARD} vin description features images { url width height alt }
      priceHistory { price changedAt } market { rating estimatedValue differencePercent comparableCount }
      saveCount viewCount daysListed similar(first: 6) { id make model askingPrice primaryImage { thumbnailUrl } } } }`,
    isSelective: true,
  },
  {
    name: 'search: "honda accord"',
    query: page('{ search: "honda accord" }', 'RELEVANCE'),
    isSelective: false,
  },
  {
    name: 'search: "hunda acord"',
    query: page('{ search: "hunda acord" }', 'RELEVANCE'),
    isSelective: false,
  },
  {
    name: 'search: "sedan"',
    query: page('{ search: "sedan" }', 'RELEVANCE'),
    isSelective: false,
  },
  {
    name: 'search: "leather seats"',
    query: page('{ search: "leather seats" }', 'RELEVANCE'),
    isSelective: false,
  },
  {
    name: 'search: "accord touring sunroof", in a price band',
    query: page('{ search: "accord touring sunroof", priceMin: "35000", priceMax: "40000" }', 'RELEVANCE'),
    isSelective: true,
  },
  { name: 'near: 25 miles, nearest first', query: page(NEAR, 'DISTANCE'), isSelective: false },
  { name: 'near: 25 miles, newest first', query: page(NEAR, 'NEWEST'), isSelective: false },
  {
    name: 'facets: all',
    query: `{ vehicles(first: 1) { facets { makes { value count } models { value count } bodyTypes { value count }
      fuelTypes { value count } years { value count } price { min max } } } }`,
    isSelective: false,
  },
  {
    name: 'facets: a model, years and price',
    query: `{ vehicles(filter: ${SELECTIVE}, first: 1) { facets { makes { value count } models { value count }
      bodyTypes { value count } fuelTypes { value count } years { value count } price { min max } } } }`,
    isSelective: true,
  },
  { name: 'makes', query: '{ makes { make count models { value count } } }', isSelective: false },
];

/** What a client sends for a page. */
export function bodyOf({ query }: BenchPage, vehicleId: string): string {
  return JSON.stringify({ query, variables: query.includes('$id') ? { id: vehicleId } : {} });
}
