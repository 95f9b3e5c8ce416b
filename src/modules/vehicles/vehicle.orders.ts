import type { ListOrder } from '../../kernel/connection.js';
import { badInput } from '../../kernel/errors.js';
import type { VehicleOrder } from './vehicle.enums.js';
import type { Narrowing } from './vehicle.filter.js';

/** What each order sorts by; indexes that begin with the status serve those by a property. Null: the filter lacks what it needs. */
const listOrders: Readonly<Record<VehicleOrder, (narrowing: Narrowing) => Omit<ListOrder, 'name'> | null>> = {
  NEWEST: () => ({ by: ['listedAt'], descending: true }),
  OLDEST: () => ({ by: ['listedAt'] }),
  PRICE_ASC: () => ({ by: ['askingPrice'] }),
  PRICE_DESC: () => ({ by: ['askingPrice'], descending: true }),
  YEAR_ASC: () => ({ by: ['year'] }),
  YEAR_DESC: () => ({ by: ['year'], descending: true }),
  MILEAGE_ASC: () => ({ by: ['mileage'] }),
  MILEAGE_DESC: () => ({ by: ['mileage'], descending: true }),
  BEST_DEAL: () => ({ by: ['dealRank'] }),
  DISTANCE: ({ distance }) => distance && { by: [distance] },
  RELEVANCE: ({ search }) => search && { by: [search.relevance, 'listedAt'], descending: true },
};

/** What an order that sorts by a computed number needs the list to be narrowed by. */
const needed: Partial<Record<VehicleOrder, string>> = {
  DISTANCE: 'DISTANCE sorts by the distance from filter.near: give one.',
  RELEVANCE: 'RELEVANCE sorts by how well the words of filter.search are found: give some.',
};

/** The order of a list, by what narrows it. BAD_USER_INPUT for one that this list cannot have. */
export function orderOf(orderBy: VehicleOrder, narrowing: Narrowing): ListOrder {
  const order = listOrders[orderBy](narrowing);
  if (!order) throw badInput({ orderBy: [needed[orderBy] ?? 'This list cannot have this order.'] });
  return { name: orderBy, ...order };
}
