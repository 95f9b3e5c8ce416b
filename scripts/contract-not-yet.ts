/**
 * What the contract promises and the schema does not offer yet, by theme. `npm run schema:check` fails on anything
 * missing that is not named here, and on anything named here that is there by now: this list only ever shrinks.
 * A type stands for all of its fields.
 */
export const notYet: readonly string[] = [
  // Scalars that only the later themes use.
  'Date',

  // Dealers: documents.
  'DealerDocumentKind',
  'DealerDocumentStatus',
  'DealerDocument',
  'Dealer.documents',
  'DealerDocumentPayload',
  'UploadDealerDocumentInput',
  'Mutation.uploadDealerDocument',
  'ReviewDealerDocumentInput',
  'Mutation.reviewDealerDocument',

  // Vehicles: images.
  'VehicleImage',
  'Vehicle.images',
  'Vehicle.primaryImage',
  'UploadVehicleImagesInput',
  'Mutation.uploadVehicleImages',
  'ReorderVehicleImagesInput',
  'Mutation.reorderVehicleImages',
  'DeleteVehicleImageInput',
  'Mutation.deleteVehicleImage',

  // Vehicles: search, facets, distance.
  'VehicleFilter.search',
  'VehicleOrder.RELEVANCE',
  'VehicleFacets',
  'PriceRange',
  'VehicleConnection.facets',
  'GeoRadius',
  'VehicleFilter.near',
  'Vehicle.distanceMiles',
  'VehicleOrder.DISTANCE',

  // Vehicles: market rating.
  'DealRating',
  'MarketPosition',
  'Vehicle.market',
  'VehicleFilter.ratings',
  'VehicleOrder.BEST_DEAL',

  // Vehicles: VIN decoding and CSV.
  'DecodedVin',
  'Query.decodeVin',
  'BulkUploadVehiclesInput',
  'BulkUploadRowError',
  'BulkUploadPayload',
  'Mutation.bulkUploadVehicles',
  'Query.bulkUploadTemplate',

  // Vehicles: saved vehicles and searches.
  'Vehicle.isSaved',
  'Vehicle.saveCount',
  'Mutation.saveVehicle',
  'Mutation.unsaveVehicle',
  'Query.savedVehicles',
  'SavedSearch',
  'CreateSavedSearchInput',
  'SavedSearchIdInput',
  'SavedSearchPayload',
  'DeleteSavedSearchPayload',
  'Mutation.createSavedSearch',
  'Mutation.deleteSavedSearch',
  'Query.savedSearches',

  // Vehicles: featured, similar, views.
  'Vehicle.isFeatured',
  'FeatureVehicleInput',
  'Mutation.featureVehicle',
  'Query.featuredVehicles',
  'Vehicle.similar',
  'Query.similarVehicles',
  'Vehicle.viewCount',

  // Negotiations: the dealer's rules.
  'OfferResolver.RULE',
  'OfferResolver.ADMIN',
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
  'NegotiationEventKind.MESSAGE_SENT',
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

  // Notifications: later kinds, preferences.
  'NotificationKind.OFFER_EXPIRING',
  'NotificationKind.MESSAGE_RECEIVED',
  'NotificationKind.PRICE_DROP',
  'NotificationKind.SAVED_SEARCH_MATCH',
  'NotificationPreference',
  'SetNotificationPreferenceInput',
  'NotificationPreferencesPayload',
  'Query.notificationPreferences',
  'Mutation.setNotificationPreference',

  // Statistics and dashboards.
  'VehicleStatusCount',
  'InventorySummary',
  'Query.inventorySummary',
  'DealerStats',
  'Query.dealerStats',
  'Dealer.medianResponseMinutes',
  'Query.dealersAwaitingReview',
  'NegotiationStats',
  'Query.negotiationStats',
  'DailyCount',
  'DealerDashboard',
  'Query.dealerDashboard',
  'AdminDashboard',
  'Query.adminDashboard',
];
