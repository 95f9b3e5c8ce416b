import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { connectionOf, ForwardPageArgs } from '../../kernel/connection.js';
import { Notification } from './notification.entity.js';

export const NotificationConnection = connectionOf<object>(() => Notification, 'Notification').Connection;

@ArgsType()
export class NotificationsArgs extends ForwardPageArgs {
  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Leave out what was read.' })
  unreadOnly?: boolean | null;
}

@InputType({ description: 'Marks one notification as read.' })
export class MarkNotificationReadInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;
}

@ObjectType({ description: 'The notification that was read.', simpleResolvers: true })
export class NotificationPayload {
  id!: string;
}

@ObjectType({ description: 'How many were unread.', simpleResolvers: true })
export class MarkAllNotificationsReadPayload {
  @Field(() => Int, { description: 'How many were marked.' })
  count!: number;
}
