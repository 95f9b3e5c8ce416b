import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Ctx as Context } from '../../kernel/context.js';
import { UserPayload } from './account.payloads.js';
import {
  RequestPasswordResetInput,
  ResetPasswordInput,
  VerifyEmailInput,
} from './account-recovery.inputs.js';
import {
  RequestEmailVerificationPayload,
  RequestPasswordResetPayload,
  ResetPasswordPayload,
} from './account-recovery.payloads.js';
import {
  requestEmailVerification,
  requestPasswordReset,
  resetPassword,
  verifyEmail,
} from './account-recovery.service.js';

@Resolver()
export class AccountRecoveryResolver {
  @Mutation(() => RequestPasswordResetPayload, {
    description:
      'Sends a link to a new password to this address, if an account has it. The answer, and the time it takes, are ' +
      'the same if none has. Public.',
  })
  async requestPasswordReset(
    @Ctx() ctx: Context,
    @Arg('input', () => RequestPasswordResetInput, { description: 'The address.' })
    input: RequestPasswordResetInput,
  ): Promise<RequestPasswordResetPayload> {
    await requestPasswordReset(ctx, input);
    return { success: true };
  }

  @Mutation(() => ResetPasswordPayload, {
    description:
      'Replaces the password by the token of a mail, ends all sessions of the account, and counts its address as ' +
      'verified. Signs nobody in. Public.',
  })
  async resetPassword(
    @Ctx() ctx: Context,
    @Arg('input', () => ResetPasswordInput, { description: 'Token and new password.' })
    input: ResetPasswordInput,
  ): Promise<ResetPasswordPayload> {
    await resetPassword(ctx, input);
    return { success: true };
  }

  @Mutation(() => RequestEmailVerificationPayload, {
    description:
      "Sends a link that proves the viewer's address; where it is proved already, nothing. Signed-in.",
  })
  async requestEmailVerification(@Ctx() ctx: Context): Promise<RequestEmailVerificationPayload> {
    await requestEmailVerification(ctx);
    return { success: true };
  }

  @Mutation(() => UserPayload, {
    description:
      'Proves an address by the token of a mail. Whoever holds the token is shown the account, but not signed in. Public.',
  })
  async verifyEmail(
    @Ctx() ctx: Context,
    @Arg('input', () => VerifyEmailInput, { description: 'The token.' }) input: VerifyEmailInput,
  ): Promise<UserPayload> {
    return new UserPayload((await verifyEmail(ctx, input)).userId);
  }
}
