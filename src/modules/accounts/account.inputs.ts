import { Field, InputType } from 'type-graphql';
import { EmailAddressScalar } from '../../kernel/scalars.js';
import { UserType } from './user.entity.js';

@InputType({ description: 'A new account. Texts are trimmed; a blank one counts as not given.' })
export class RegisterInput {
  @Field(() => EmailAddressScalar, {
    description: 'At most 254 characters; kept in lower case, and taken once whatever the case.',
  })
  email!: string;

  @Field(() => String, {
    description: '8 to 128 characters of any kind; neither one of the commonest passwords nor the address.',
  })
  password!: string;

  @Field(() => UserType, {
    defaultValue: 'BUYER',
    description: 'BUYER or DEALER: nobody registers as ADMIN.',
  })
  userType!: UserType;

  @Field(() => String, { nullable: true, description: 'Given name; others see it. 100 characters at most.' })
  firstName?: string | null;

  @Field(() => String, { nullable: true, description: 'Family name; others see its initial.' })
  lastName?: string | null;

  @Field(() => String, { nullable: true, description: 'Where to call; others do not see it.' })
  phone?: string | null;
}

@InputType({
  description:
    'Changes to a profile: what is left out stays, null and blank clear. 100 characters at most, on one line.',
})
export class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: 'Given name; others see it.' })
  firstName?: string | null;

  @Field(() => String, { nullable: true, description: 'Family name; others see its initial.' })
  lastName?: string | null;

  @Field(() => String, { nullable: true, description: 'Where to call; others do not see it.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'City.' })
  city?: string | null;

  @Field(() => String, { nullable: true, description: 'State.' })
  state?: string | null;

  @Field(() => String, { nullable: true, description: 'ZIP code.' })
  postalCode?: string | null;
}

@InputType({ description: 'A password to replace, and the one to take its place.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'Asked again, as at a sign-in.' })
  currentPassword!: string;

  @Field(() => String, { description: 'As at a registration, and another one than the current.' })
  newPassword!: string;
}

@InputType({ description: 'What signs somebody in.' })
export class LoginInput {
  @Field(() => EmailAddressScalar, { description: 'In any case.' })
  email!: string;

  @Field(() => String, { description: 'Exactly as it was chosen; it is not trimmed.' })
  password!: string;
}

@InputType({ description: 'A refresh token, to be spent for new tokens.' })
export class RefreshTokenInput {
  @Field(() => String, { description: 'The newest one of its session; each is good for one use.' })
  refreshToken!: string;
}

@InputType({ description: 'The session to end.' })
export class LogoutInput {
  @Field(() => String, { description: "A refresh token of one of the viewer's own sessions." })
  refreshToken!: string;
}

@InputType({ description: 'Who leaves says the password again.' })
export class DeleteAccountInput {
  @Field(() => String, { description: 'The current password, exactly as it was chosen.' })
  password!: string;
}
