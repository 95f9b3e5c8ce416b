/**
 * What the contract promises and the schema does not offer yet, by theme. `npm run schema:check` fails on anything
 * missing that is not named here, and on anything named here that is there by now: this list only ever shrinks.
 * A type stands for all of its fields.
 */
export const notYet: readonly string[] = [
  // Scalars that only the later themes use.
  'Date',

  // Negotiations: the dealer's rules.
  'NegotiationRules',
  'Vehicle.negotiationRules',
  'CreateVehicleInput.autoAcceptAt',
  'CreateVehicleInput.autoDeclineBelow',
  'UpdateVehicleInput.autoAcceptAt',
  'UpdateVehicleInput.autoDeclineBelow',
  'NegotiationRulesPreview',
  'Query.previewNegotiationRules',

  // Negotiations: invitations.
  'InviteInterestedBuyersInput',
  'InviteInterestedBuyersPayload',
  'Mutation.inviteInterestedBuyers',

  // Negotiations: messages and read receipts.
  'SendMessageInput',
  'Mutation.sendMessage',
  'Negotiation.unreadCount',
  'Negotiation.buyerReadSequence',
  'Negotiation.dealerReadSequence',
  'MarkNegotiationReadInput',
  'Mutation.markNegotiationRead',

  // Negotiations: insight.
  'OfferInsight',
  'Query.offerInsight',

  // Notifications: preferences.
  'NotificationPreference',
  'SetNotificationPreferenceInput',
  'NotificationPreferencesPayload',
  'Query.notificationPreferences',
  'Mutation.setNotificationPreference',

  // Statistics and dashboards.
  'NegotiationStats',
  'Query.negotiationStats',
  'DailyCount',
  'DealerDashboard',
  'Query.dealerDashboard',
  'AdminDashboard',
  'Query.adminDashboard',
];
