import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Ctx as Context } from '../../kernel/context.js';
import { DeleteAccountInput } from './account.inputs.js';
import { DeleteAccountPayload } from './account.payloads.js';
import { deleteAccount } from './account-deletion.service.js';

@Resolver()
export class AccountDeletionResolver {
  @Mutation(() => DeleteAccountPayload, {
    description:
      "Deletes the viewer's account, for good. Its negotiations end, its listings leave the market, all its sessions " +
      'end within 5 seconds; what the other parties were told stays readable to them, under the name "Deleted user". ' +
      'CONFLICT while a vehicle is held after an agreement, and for the last admin. Signed-in.',
  })
  async deleteAccount(
    @Ctx() ctx: Context,
    @Arg('input', () => DeleteAccountInput, { description: 'The password, again.' })
    input: DeleteAccountInput,
  ): Promise<DeleteAccountPayload> {
    await deleteAccount(ctx, input);
    return { success: true };
  }
}
