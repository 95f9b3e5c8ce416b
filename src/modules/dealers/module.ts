import type { Room } from '../../kernel/room.js';
import { dealerConstraints } from './dealer.constraints.js';
import { Dealer } from './dealer.entity.js';
import { dealerListeners } from './dealer.listeners.js';
import { DealerPayloadResolver, DealerResolver } from './dealer.resolver.js';
import { DealerFieldsResolver, UserDealerResolver } from './dealer-fields.resolver.js';
import { DealerDocument } from './documents/dealer-document.entity.js';

export { registerDealer, reviewDealer, submitDealerForVerification } from './dealer.service.js';

export const dealers: Room = {
  name: 'dealers',
  entities: [Dealer, DealerDocument],
  resolvers: [DealerResolver, DealerPayloadResolver, DealerFieldsResolver, UserDealerResolver],
  listeners: dealerListeners,
  constraints: dealerConstraints,
};
