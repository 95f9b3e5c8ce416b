import { ObjectType } from 'type-graphql';
import { connectionOf } from '../../kernel/connection.js';
import type { Row } from '../../kernel/reads.js';
import { Dealer } from './dealer.entity.js';

export const { Edge: DealerEdge, Connection: DealerConnection } = connectionOf<Row<Dealer>>(
  () => Dealer,
  'Dealer',
);

@ObjectType({ description: 'A dealership after a change.' })
export class DealerPayload {
  /** The dealer is read after the write, as far as it is asked for. */
  readonly dealerId!: string;
}
