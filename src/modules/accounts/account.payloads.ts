import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../kernel/scalars.js';
import type { IssuedTokens } from './tokens.js';

@ObjectType({ description: 'What a session signs its requests with.' })
export class AuthTokens {
  @Field(() => String, {
    description: 'For the header `Authorization: Bearer …`. Lives 60 minutes by default.',
  })
  accessToken!: string;

  @Field(() => String, {
    description:
      'For `refreshToken`. Lives 7 days by default and is good for one use: a second use ends the session.',
  })
  refreshToken!: string;

  @Field(() => DateTimeScalar, { description: 'When the access token is refused.' })
  accessTokenExpiresAt!: Date;

  @Field(() => DateTimeScalar, {
    description: 'When the session ends, unless its tokens are refreshed before.',
  })
  refreshTokenExpiresAt!: Date;
}

@ObjectType({ description: 'A session has begun, or goes on.' })
export class AuthPayload {
  @Field(() => AuthTokens, { description: "The session's new tokens; older refresh tokens are spent." })
  readonly tokens: AuthTokens;

  /** The field `user` is read by this id, after the write and as far as it is asked for. */
  readonly userId: string;

  constructor({ tokens, userId }: { tokens: IssuedTokens; userId: string }) {
    this.tokens = tokens;
    this.userId = userId;
  }
}

@ObjectType({ description: 'A session has ended.' })
export class LogoutPayload {
  @Field(() => Boolean, { description: 'Always true: what could not be ended is an error.' })
  success!: boolean;
}

@ObjectType({ description: 'The password has been changed, and every earlier session has ended.' })
export class ChangePasswordPayload {
  @Field(() => AuthTokens, { description: 'Of a new session, for the caller to go on with.' })
  tokens!: AuthTokens;
}

@ObjectType({ description: 'An account has been changed.' })
export class UserPayload {
  /** The field `user` is read by this id, after the write and as far as it is asked for. */
  constructor(readonly userId: string) {}
}

@ObjectType({ description: 'The account is gone; its address can be registered again.' })
export class DeleteAccountPayload {
  @Field(() => Boolean, { description: 'Always true: what is refused is an error.' })
  success!: boolean;
}
