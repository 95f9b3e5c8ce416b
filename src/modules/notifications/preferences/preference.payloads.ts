import { Field, InputType, ObjectType } from 'type-graphql';
import { NotificationKind } from '../notification.entity.js';

@ObjectType({
  description: 'Whether notifications of a kind are mailed, too. In the inbox they all are.',
  simpleResolvers: true,
})
export class NotificationPreference {
  @Field(() => NotificationKind, { description: 'Which ones.' })
  kind!: NotificationKind;

  @Field(() => Boolean, {
    description:
      'Whether they are mailed. By default all are but MESSAGE_RECEIVED, PRICE_DROP and SAVED_SEARCH_MATCH; of these ' +
      'three one mail tells of many.',
  })
  email!: boolean;
}

@InputType({ description: 'Switches the mails of one kind on or off.' })
export class SetNotificationPreferenceInput {
  @Field(() => NotificationKind, { description: 'Which ones.' })
  kind!: NotificationKind;

  @Field(() => Boolean, { description: 'Whether they are to be mailed.' })
  email!: boolean;
}

@ObjectType({ description: 'What the viewer wants to be mailed, now.', simpleResolvers: true })
export class NotificationPreferencesPayload {
  @Field(() => [NotificationPreference], { description: "Every kind once, in the enum's order." })
  preferences!: NotificationPreference[];
}
