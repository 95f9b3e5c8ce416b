import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx as Context,
  FieldResolver,
  Info,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { Ctx } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import { type Row, readById, rowFor } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { Negotiation, Offer, offerShape } from '../negotiations/index.js';
import { Vehicle } from '../vehicles/index.js';
import { Notification } from './notification.entity.js';
import { followInbox, followOffers } from './notification.live.js';
import {
  MarkAllNotificationsReadPayload,
  MarkNotificationReadInput,
  NotificationConnection,
  NotificationPayload,
  NotificationsArgs,
} from './notification.payloads.js';
import {
  countUnread,
  listNotifications,
  markAllNotificationsRead,
  markNotificationRead,
} from './notification.service.js';
import { notificationShape } from './notification.shapes.js';
import { withQuote } from './notification.texts.js';

@Resolver()
export class NotificationResolver {
  @Query(() => NotificationConnection, { description: "The viewer's inbox, newest first." })
  notifications(
    @Args(() => NotificationsArgs) args: NotificationsArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return listNotifications(ctx, args, selectionOf(info));
  }

  @Query(() => Int, { description: "How many entries of the viewer's inbox are unread." })
  unreadNotificationCount(@Context() ctx: Ctx): Promise<number> {
    return countUnread(ctx);
  }

  @Mutation(() => NotificationPayload, {
    description: "Marks one of the viewer's own as read; reading twice is reading once.",
  })
  async markNotificationRead(
    @Arg('input', () => MarkNotificationReadInput, { description: 'Which one.' })
    input: MarkNotificationReadInput,
    @Context() ctx: Ctx,
  ): Promise<NotificationPayload> {
    return { id: await markNotificationRead(ctx, input.id) };
  }

  @Mutation(() => MarkAllNotificationsReadPayload, { description: "Marks all of the viewer's own as read." })
  async markAllNotificationsRead(@Context() ctx: Ctx): Promise<MarkAllNotificationsReadPayload> {
    return { count: await markAllNotificationsRead(ctx) };
  }

  @Subscription(() => Notification, {
    description:
      "The viewer's inbox as it grows. With `after` it first replays what came since, in order and without holes. " +
      'Without it, it begins with what comes next.',
    subscribe: ({ args, context }) => followInbox(context as Ctx, args.after as number | null),
  })
  notificationReceived(
    @Arg('after', () => Int, {
      nullable: true,
      description: 'The last sequence seen; 0 for the whole inbox.',
    })
    _after: number | null | undefined,
    @Root() entry: Row<Notification>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return rowFor(ctx, notificationShape, entry, selectionOf(info));
  }

  @Subscription(() => Offer, {
    description: 'Each offer put to the viewer from now on, in any of its negotiations.',
    subscribe: ({ context }) => followOffers(context as Ctx),
  })
  offerReceived(@Root() offer: Row<Offer>, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    return rowFor<Offer>(ctx, offerShape, offer, selectionOf(info));
  }
}

@Resolver(() => Notification)
export class NotificationFields {
  @FieldResolver(() => Boolean, { description: 'Whether it was read.' })
  isRead(@Root() row: Row<Notification>): boolean {
    return row.readAt !== null;
  }

  @FieldResolver(() => String, {
    description: 'A sentence or two, and what the other side wrote with it, in quotation marks.',
  })
  body(@Root() row: Row<Notification>): string {
    return withQuote(row.body, row.quote);
  }

  @FieldResolver(() => Vehicle, { nullable: true, description: 'The vehicle that it is about.' })
  vehicle(@Root() row: Row<Notification>) {
    return row.vehicle;
  }

  @FieldResolver(() => Negotiation, { nullable: true, description: 'The negotiation that it is about.' })
  negotiation(@Root() row: Row<Notification>) {
    return row.negotiation;
  }

  @FieldResolver(() => Offer, { nullable: true, description: 'The offer that it is about.' })
  offer(@Root() row: Row<Notification>) {
    return row.offer;
  }
}

@Resolver(() => NotificationConnection)
export class NotificationConnectionFields {
  @FieldResolver(() => Int, { description: "Unread entries of the viewer's whole inbox." })
  unreadCount(@Context() ctx: Ctx): Promise<number> {
    return countUnread(ctx);
  }
}

@Resolver(() => NotificationPayload)
export class NotificationPayloadFields {
  @FieldResolver(() => Notification, { description: 'As it is now.' })
  async notification(
    @Root() payload: NotificationPayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    const notification = await readById(ctx, notificationShape, payload.id, selectionOf(info));
    if (!notification) throw notFound('Notification');
    return notification;
  }
}
