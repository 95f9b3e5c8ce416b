import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Ctx as Context } from '../../kernel/context.js';
import { type Row, readById } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { LoginInput, LogoutInput, RefreshTokenInput, RegisterInput } from './account.inputs.js';
import { AuthPayload, LogoutPayload } from './account.payloads.js';
import { me, register } from './account.service.js';
import { login, logout, refreshToken } from './session.service.js';
import { User } from './user.entity.js';
import { userShape } from './user.shapes.js';

@Resolver()
export class AccountResolver {
  @Query(() => User, { nullable: true, description: "The viewer's own account; null for a guest." })
  me(@Ctx() ctx: Context, @Info() info: GraphQLResolveInfo): Promise<Row<User> | null> {
    return me(ctx, selectionOf(info));
  }

  @Mutation(() => AuthPayload, { description: 'Makes an account and signs it in. Public.' })
  async register(
    @Ctx() ctx: Context,
    @Arg('input', () => RegisterInput, { description: 'The new account.' }) input: RegisterInput,
  ): Promise<AuthPayload> {
    return new AuthPayload(await register(ctx, input));
  }

  @Mutation(() => AuthPayload, {
    description: 'Signs in. INVALID_CREDENTIALS does not tell what was wrong. Public.',
  })
  async login(
    @Ctx() ctx: Context,
    @Arg('input', () => LoginInput, { description: 'Address and password.' }) input: LoginInput,
  ): Promise<AuthPayload> {
    return new AuthPayload(await login(ctx, input));
  }

  @Mutation(() => AuthPayload, {
    description:
      'Spends a refresh token for new tokens. A token that comes a second time is TOKEN_REVOKED, and ends its ' +
      'session: somebody else may have it. Public.',
  })
  async refreshToken(
    @Ctx() ctx: Context,
    @Arg('input', () => RefreshTokenInput, { description: 'The token to spend.' }) input: RefreshTokenInput,
  ): Promise<AuthPayload> {
    return new AuthPayload(await refreshToken(ctx, input));
  }

  @Mutation(() => LogoutPayload, {
    description:
      "Ends one of the viewer's sessions: its tokens die within 5 seconds. Ending it twice is ending it once.",
  })
  async logout(
    @Ctx() ctx: Context,
    @Arg('input', () => LogoutInput, { description: 'The session to end.' }) input: LogoutInput,
  ): Promise<LogoutPayload> {
    await logout(ctx, input);
    return { success: true };
  }
}

@Resolver(() => AuthPayload)
export class AuthPayloadResolver {
  @FieldResolver(() => User, { description: 'Who is signed in.' })
  user(
    @Root() payload: AuthPayload,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<User> | null> {
    return readById(ctx, userShape, payload.userId, selectionOf(info));
  }
}
