import { AppError, conflict } from '../../kernel/errors.js';
import { on } from '../../kernel/events.js';
import type { Room } from '../../kernel/room.js';
import { AccountDeleted } from '../accounts/index.js';
import { DealerClosed, DealerClosing } from '../dealers/index.js';
import { VehicleArchived } from '../vehicles/index.js';
import { ChatFields, ChatMutations } from './chat/chat.resolver.js';
import { ChatSubscriptions } from './chat/chat-live.resolver.js';
import { TYPING_MS, typingMsPart } from './chat/typing.live.js';
import { ClientMutation } from './client-mutation.entity.js';
import { RulesPreviewResolver } from './dealers-rules/preview.resolver.js';
import { closeAllOf } from './ending.service.js';
import { DealerStatsResolver } from './figures/dealer-stats.resolver.js';
import { NegotiationStatsResolver } from './figures/negotiation-stats.resolver.js';
import { ResponseTimeResolver } from './figures/response-time.resolver.js';
import { OfferInsightResolver } from './insight/insight.resolver.js';
import { InvitationResolver } from './invitations/invitation.resolver.js';
import { closeForDealer, endForBuyer, settleForDealer } from './leaving.service.js';
import { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
import { NegotiationMutations, NegotiationQueries } from './negotiation.resolver.js';
import {
  NegotiationEventFields,
  NegotiationFields,
  NegotiationPayloadFields,
  OfferFields,
  OfferPayloadFields,
  VehicleNegotiationFields,
} from './negotiation-fields.resolver.js';
import { NegotiationSubscriptions } from './negotiation-live.resolver.js';
import { sweepJobs } from './sweep.js';

export const negotiations: Room = {
  name: 'negotiations',
  entities: [Negotiation, Offer, NegotiationEvent, ClientMutation],
  resolvers: [
    NegotiationQueries,
    NegotiationMutations,
    NegotiationSubscriptions,
    NegotiationFields,
    OfferFields,
    NegotiationEventFields,
    OfferPayloadFields,
    NegotiationPayloadFields,
    VehicleNegotiationFields,
    ChatMutations,
    ChatSubscriptions,
    ChatFields,
    DealerStatsResolver,
    ResponseTimeResolver,
    NegotiationStatsResolver,
    InvitationResolver,
    OfferInsightResolver,
    RulesPreviewResolver,
  ],
  listeners: [
    on(VehicleArchived, (tx, { vehicleId }) => closeAllOf(tx, vehicleId)),
    on(DealerClosing, (tx, { dealerId }) => settleForDealer(tx, dealerId)),
    on(DealerClosed, (tx, { dealerId }) => closeForDealer(tx, dealerId)),
    on(AccountDeleted, (tx, { userId }) => endForBuyer(tx, userId)),
  ],
  constraints: [
    {
      index: 'negotiations_one_active_unique',
      columns: 'negotiations.buyer_id, negotiations.vehicle_id',
      error: () => new AppError('ALREADY_NEGOTIATING', 'You are already negotiating about this vehicle.'),
    },
    {
      index: 'negotiations_one_sale_unique',
      columns: 'negotiations.vehicle_id',
      error: () => new AppError('VEHICLE_UNAVAILABLE', 'This vehicle is no longer on the market.'),
    },
    {
      index: 'offers_one_pending_unique',
      columns: 'offers.negotiation_id',
      error: () => conflict('Another offer was made at the same time.'),
    },
  ],
  compose: ({ parts }) => parts.set(typingMsPart, TYPING_MS),
  jobs: (settings) => sweepJobs(settings.sweepIntervalMs),
};

export { acceptOffer, cancelSale, completeSale } from './agreement.service.js';
export { cancelNegotiation, rejectNegotiation } from './ending.service.js';
export { startNegotiation, submitOffer } from './offer.service.js';
export { lapseOffers, releaseHolds, warnExpiring } from './sweep.js';
