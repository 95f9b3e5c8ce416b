import type { Opt, Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { BaseEntity, InstantType } from '../../kernel/base.entity.js';
import { DateTimeScalar, URLScalar } from '../../kernel/scalars.js';
import { User } from '../accounts/index.js';

export const VerificationStatus = {
  UNVERIFIED: 'UNVERIFIED',
  PENDING: 'PENDING',
  VERIFIED: 'VERIFIED',
  REJECTED: 'REJECTED',
} as const;
export type VerificationStatus = keyof typeof VerificationStatus;
registerEnumType(VerificationStatus, {
  name: 'VerificationStatus',
  description: 'How far the checking of a dealer has come. Only a VERIFIED one publishes.',
  valuesConfig: {
    UNVERIFIED: { description: 'Registered and not yet submitted.' },
    PENDING: { description: 'Submitted, waiting for an admin.' },
    VERIFIED: { description: 'Checked by an admin.' },
    REJECTED: { description: 'Turned down, with a reason; may be submitted again.' },
  },
});

/** What a dealer says of itself and may change. Texts are checked and trimmed; a place has both coordinates or none. */
export interface DealerDetails {
  businessName: string;
  description: string | null;
  phone: string | null;
  website: string | null;
  address: string | null;
  city: string;
  state: string;
  postalCode: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** What it may change, all told: by what `identity` names, admins check it. */
export type DealerChanges = Partial<DealerDetails & { licenseNumber: string }>;
const identity = ['businessName', 'licenseNumber'] as const;

/** The business behind a dealer's account. */
@Entity({ tableName: 'dealers' })
@Index({ name: 'dealers_name_index', properties: ['businessName', 'id'] })
@Index({ name: 'dealers_place_index', properties: ['state', 'city', 'businessName', 'id'] })
@Index({ name: 'dealers_verification_index', properties: ['verificationStatus', 'businessName', 'id'] })
@Index({ name: 'dealers_submitted_index', properties: ['verificationStatus', 'submittedAt', 'id'] })
@Index({ name: 'dealers_coordinates_index', properties: ['latitude', 'longitude'] })
@ObjectType({ description: 'A dealership.' })
export class Dealer extends BaseEntity {
  @ManyToOne(() => User, { ref: true })
  @Unique({ name: 'dealers_user_unique' })
  user!: Ref<User>;

  @Property({ type: 'string', length: 100 })
  @Field(() => String, { description: 'The name it trades under.' })
  businessName!: string;

  @Property({ type: 'string', length: 100 })
  licenseNumber!: string;

  @Property({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'What it says of itself.' })
  description: string | null = null;

  @Property({ type: 'string', length: 100, nullable: true })
  @Field(() => String, { nullable: true, description: 'Where to call.' })
  phone: string | null = null;

  @Property({ type: 'string', length: 2_000, nullable: true })
  @Field(() => URLScalar, { nullable: true, description: 'Its own site.' })
  website: string | null = null;

  @Property({ type: 'string', length: 200, nullable: true })
  @Field(() => String, { nullable: true, description: 'Street and number.' })
  address: string | null = null;

  @Property({ type: 'string', length: 100 })
  @Field(() => String, { description: 'City.' })
  city!: string;

  @Property({ type: 'string', length: 100 })
  @Field(() => String, { description: 'State, as a postal code such as "TX".' })
  state!: string;

  @Property({ type: 'string', length: 100, nullable: true })
  @Field(() => String, { nullable: true, description: 'ZIP code.' })
  postalCode: string | null = null;

  @Property({ type: 'double', nullable: true })
  @Field(() => Float, { nullable: true, description: 'Degrees north, -90 to 90.' })
  latitude: number | null = null;

  @Property({ type: 'double', nullable: true })
  @Field(() => Float, { nullable: true, description: 'Degrees east, -180 to 180.' })
  longitude: number | null = null;

  @Property({ type: 'string', length: 20 })
  @Field(() => VerificationStatus, { description: 'How far its checking has come.' })
  verificationStatus: VerificationStatus & Opt = 'UNVERIFIED';

  @Property({ type: InstantType, nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When an admin verified it.' })
  verifiedAt: Date | null = null;

  @Property({ type: 'text', nullable: true })
  rejectionReason: string | null = null;

  /** What the dealer told the admins when it submitted itself. */
  @Property({ type: 'text', nullable: true })
  submissionNote: string | null = null;

  /** Since when what it is waits to be checked, or when it last did; null before the first time. */
  @Property({ type: InstantType, nullable: true })
  submittedAt: Date | null = null;

  /** Since when its owner's account is gone: it lists nothing, and only negotiations still name it. */
  @Property({ type: InstantType, nullable: true })
  closedAt: Date | null = null;

  static register(user: Ref<User>, licenseNumber: string, details: DealerDetails, at: Date): Dealer {
    const dealer = new Dealer();
    dealer.user = user;
    dealer.licenseNumber = licenseNumber;
    dealer.createdAt = at;
    dealer.change(details, at);
    return dealer;
  }

  /** Whoever takes another name or licence is not who was checked, and is checked again. */
  change(changes: DealerChanges, at: Date): void {
    const isAnother = identity.some((part) => changes[part] !== undefined && changes[part] !== this[part]);
    Object.assign(this, changes);
    this.touch(at);
    if (isAnother && (this.verificationStatus === 'VERIFIED' || this.verificationStatus === 'PENDING')) {
      this.verificationStatus = 'PENDING';
      this.verifiedAt = null;
      this.submittedAt = at;
    }
  }

  /** Asks the admins to check it. What they said of an earlier try no longer counts. */
  submit(note: string | null, at: Date): void {
    this.verificationStatus = 'PENDING';
    this.submissionNote = note;
    this.submittedAt = at;
    this.rejectionReason = null;
    this.touch(at);
  }

  /** Verified since the first of several such decisions. */
  verify(at: Date): void {
    this.verificationStatus = 'VERIFIED';
    this.verifiedAt ??= at;
    this.rejectionReason = null;
    this.touch(at);
  }

  reject(reason: string, at: Date): void {
    this.verificationStatus = 'REJECTED';
    this.verifiedAt = null;
    this.rejectionReason = reason;
    this.touch(at);
  }

  /** For good. Its name and town stay, for negotiations name them; what else it told of itself goes. */
  close(at: Date): void {
    this.closedAt = at;
    this.licenseNumber = '';
    this.verificationStatus = 'UNVERIFIED';
    this.verifiedAt = null;
    this.rejectionReason = null;
    this.submissionNote = null;
    this.submittedAt = null;
    const nothing = { description: null, phone: null, website: null, address: null, postalCode: null };
    this.change({ ...nothing, latitude: null, longitude: null }, at);
  }
}
