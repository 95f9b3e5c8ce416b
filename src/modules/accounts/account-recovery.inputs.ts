import { Field, InputType } from 'type-graphql';
import { EmailAddressScalar } from '../../kernel/scalars.js';

@InputType({ description: 'Whose password is to be replaced.' })
export class RequestPasswordResetInput {
  @Field(() => EmailAddressScalar, { description: "The account's address, in any case." })
  email!: string;
}

@InputType({ description: 'A new password, by the token of a mail.' })
export class ResetPasswordInput {
  @Field(() => String, {
    description: 'What stands behind `#token=` in the link. Good once, for 60 minutes by default.',
  })
  token!: string;

  @Field(() => String, {
    description: 'By the same rules as for `register`. A weak one leaves the token good.',
  })
  newPassword!: string;
}

@InputType({ description: 'The proof that an address is the account’s own.' })
export class VerifyEmailInput {
  @Field(() => String, {
    description: 'What stands behind `#token=` in the link. Good once, for 48 hours by default.',
  })
  token!: string;
}
