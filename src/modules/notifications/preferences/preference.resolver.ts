import { Arg, Ctx as Context, Mutation, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import {
  NotificationPreference,
  NotificationPreferencesPayload,
  SetNotificationPreferenceInput,
} from './preference.payloads.js';
import { listPreferences, setNotificationPreference } from './preference.service.js';

@Resolver()
export class PreferenceResolver {
  @Query(() => [NotificationPreference], {
    description: "What the viewer wants to be mailed: every kind once, in the enum's order.",
  })
  notificationPreferences(@Context() ctx: Ctx): Promise<NotificationPreference[]> {
    return listPreferences(ctx);
  }

  @Mutation(() => NotificationPreferencesPayload, {
    description: "Switches the viewer's mails of one kind on or off; saying it twice is saying it once.",
  })
  async setNotificationPreference(
    @Arg('input', () => SetNotificationPreferenceInput, { description: 'Which ones, and how.' })
    input: SetNotificationPreferenceInput,
    @Context() ctx: Ctx,
  ): Promise<NotificationPreferencesPayload> {
    return { preferences: await setNotificationPreference(ctx, input) };
  }
}
