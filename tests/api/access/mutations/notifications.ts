import { type AccessRow, members } from '../table.js';

export const ofNotifications: readonly AccessRow[] = [
  {
    field: 'markNotificationRead',
    on: "an entry of the dealer's inbox",
    document: `mutation ($input: MarkNotificationReadInput!) {
      markNotificationRead(input: $input) { notification { id } }
    }`,
    arrange: async (stage) => {
      await stage.negotiation();
      const newest = '{ notifications(first: 1) { nodes { id } } }';
      type Inbox = { notifications: { nodes: Array<{ id: string }> } };
      const { notifications } = await stage.app.ok<Inbox, object>(newest, {}, stage.people.dealer);
      const id = notifications.nodes[0]?.id as string;
      return { variables: { input: { id } }, mark: id };
    },
    outcomes: members('NOT_FOUND', { dealer: 'done' }),
  },
  {
    field: 'markAllNotificationsRead',
    on: "the dealer's inbox",
    document: 'mutation { markAllNotificationsRead { count } }',
    arrange: async (stage) => {
      await stage.negotiation();
      return { mark: stage.people.dealer.id };
    },
    outcomes: members('own', { dealer: 'done' }),
  },
  {
    field: 'setNotificationPreference',
    on: "the dealer's mails",
    document: `mutation ($input: SetNotificationPreferenceInput!) {
      setNotificationPreference(input: $input) { preferences { kind email } }
    }`,
    arrange: async (stage) => ({
      variables: { input: { kind: 'PRICE_DROP', email: true } },
      mark: stage.people.dealer.id,
    }),
    outcomes: members('own', { dealer: 'done' }),
  },
];
