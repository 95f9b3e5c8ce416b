import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'The request was taken; it says nothing about whether there is such an account.' })
export class RequestPasswordResetPayload {
  @Field(() => Boolean, { description: 'Always true: what is refused is an error.' })
  success!: boolean;
}

@ObjectType({ description: 'The new password holds, and all sessions have ended: sign in with it.' })
export class ResetPasswordPayload {
  @Field(() => Boolean, { description: 'Always true: what is refused is an error.' })
  success!: boolean;
}

@ObjectType({ description: 'The mail is on its way, unless the address is verified already.' })
export class RequestEmailVerificationPayload {
  @Field(() => Boolean, { description: 'Always true: what is refused is an error.' })
  success!: boolean;
}
