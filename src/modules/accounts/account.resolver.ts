import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Ctx as Context } from '../../kernel/context.js';
import { type Row, readById } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import {
  ChangePasswordInput,
  LoginInput,
  LogoutInput,
  RefreshTokenInput,
  RegisterInput,
  UpdateProfileInput,
} from './account.inputs.js';
import { AuthPayload, ChangePasswordPayload, LogoutPayload, UserPayload } from './account.payloads.js';
import { me, register } from './account.service.js';
import { login } from './login.service.js';
import { changePassword } from './password.service.js';
import { updateProfile } from './profile.service.js';
import { logout, refreshToken } from './session.service.js';
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
    description:
      'Signs in. INVALID_CREDENTIALS does not tell what was wrong; after too many wrong passwords it is RATE_LIMITED. ' +
      'Public.',
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
      'session: somebody else may have it. Only the one spent last may come again from the same client within ' +
      'seconds; it is refused, and the session goes on. Public.',
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

  @Mutation(() => ChangePasswordPayload, {
    description:
      "Changes the viewer's password. All sessions of the account end, this one too: their tokens die within 5 " +
      'seconds, and the caller goes on with those of a new one. Signed-in.',
  })
  async changePassword(
    @Ctx() ctx: Context,
    @Arg('input', () => ChangePasswordInput, { description: 'Both passwords.' }) input: ChangePasswordInput,
  ): Promise<ChangePasswordPayload> {
    const { tokens } = await changePassword(ctx, input);
    return { tokens };
  }

  @Mutation(() => UserPayload, { description: "Changes the viewer's profile. Signed-in." })
  async updateProfile(
    @Ctx() ctx: Context,
    @Arg('input', () => UpdateProfileInput, { description: 'What is to change.' }) input: UpdateProfileInput,
  ): Promise<UserPayload> {
    return new UserPayload(await updateProfile(ctx, input));
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

@Resolver(() => UserPayload)
export class UserPayloadResolver {
  @FieldResolver(() => User, { description: 'The account as it is now.' })
  user(
    @Root() payload: UserPayload,
    @Ctx() ctx: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<User> | null> {
    return readById(ctx, userShape, payload.userId, selectionOf(info));
  }
}
