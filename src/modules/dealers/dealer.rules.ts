import { InputCheck, textLimits } from '../../kernel/text.js';
import type { DealerChanges, DealerDetails, VerificationStatus } from './dealer.entity.js';

/** Whether a dealer that stands so may ask to be checked. */
export const maySubmit: Readonly<Record<VerificationStatus, boolean>> = {
  UNVERIFIED: true,
  PENDING: false,
  VERIFIED: false,
  REJECTED: true,
};

/** Street and number. */
const MAX_ADDRESS = 200;

type Named = keyof DealerDetails | 'licenseNumber';
type Given = { [K in keyof DealerDetails]?: DealerDetails[K] | URL | null } & {
  licenseNumber?: string | null;
};
type Reader = (check: InputCheck, field: string, value: never) => unknown;

const requiredLine = (max: number) => (check: InputCheck, field: string, value: string | null) =>
  check.requiredLine(field, value, max);
const optionalLine = (max: number) => (check: InputCheck, field: string, value: string | null) =>
  check.optionalLine(field, value, max);
const optionalText = (max: number) => (check: InputCheck, field: string, value: string | null) =>
  check.optional(field, value, max);

/** How each detail is checked; in the order in which they are told. */
const readers: Readonly<Record<Named, Reader>> = {
  businessName: requiredLine(textLimits.name),
  licenseNumber: requiredLine(textLimits.name),
  description: optionalText(textLimits.description),
  phone: optionalLine(textLimits.name),
  website: readWebsite,
  address: optionalText(MAX_ADDRESS),
  city: requiredLine(textLimits.name),
  state: requiredLine(textLimits.name),
  postalCode: optionalLine(textLimits.name),
  latitude: degrees(90),
  longitude: degrees(180),
};
const fields = Object.keys(readers) as Named[];

/** A whole registration. BAD_USER_INPUT with all that is wrong in it. */
export function registrationOf(input: Given & { licenseNumber: string }): {
  licenseNumber: string;
  details: DealerDetails;
} {
  const check = new InputCheck();
  const { licenseNumber, ...details } = read(check, input, fields) as Required<DealerChanges>;
  checkPlace(check, details);
  check.done();
  return { licenseNumber, details };
}

/** What an update names: what is left out stays, null clears. BAD_USER_INPUT with all that is wrong. */
export function dealerChangesOf(input: Given): DealerChanges {
  const check = new InputCheck();
  const changes = read(
    check,
    input,
    fields.filter((field) => input[field] !== undefined),
  );
  check.done();
  return changes;
}

/** BAD_USER_INPUT where a place would be left with one coordinate. */
export function refuseHalfAPlace(place: Pick<DealerDetails, 'latitude' | 'longitude'>): void {
  const check = new InputCheck();
  checkPlace(check, place);
  check.done();
}

/** A reason there is for a rejection, and for nothing else. */
export interface Decision<Yes extends string> {
  readonly decision: Yes | 'REJECTED';
  readonly reason: string | null;
}

/** What an admin decided. BAD_USER_INPUT for anything but `yes`, or REJECTED with a reason. */
export function decisionOf<Yes extends string>(
  yes: Yes,
  { decision, reason }: { decision: string; reason?: string | null },
): Decision<Yes> {
  const check = new InputCheck();
  if (decision !== yes && decision !== 'REJECTED') {
    check.fault('decision', `Decide for ${yes} or REJECTED.`);
    check.done();
  }
  const isRejected = decision === 'REJECTED';
  const read = isRejected ? check.required : check.optional;
  const said = read.call(check, 'reason', reason, textLimits.message);
  check.done();
  return isRejected ? { decision, reason: said } : { decision: yes, reason: null };
}

function read(check: InputCheck, input: Given, names: readonly Named[]): DealerChanges {
  return Object.fromEntries(
    names.map((name) => [name, readers[name](check, name, (input[name] ?? null) as never)]),
  );
}

/** Links lead people who trust this site: `javascript:` and its like are refused. */
function readWebsite(check: InputCheck, field: string, value: URL | null): string | null {
  if (value === null) return null;
  const isWeb = value.protocol === 'https:' || value.protocol === 'http:';
  check.ensure(isWeb, field, 'Give an address that begins with https:// or http://.');
  return check.optional(field, value.href, textLimits.url);
}

function degrees(max: number) {
  return (check: InputCheck, field: string, value: number | null): number | null => {
    if (value !== null)
      check.ensure(Math.abs(value) <= max, field, `Ensure this value is between -${max} and ${max}.`);
    return value;
  };
}

function checkPlace(
  check: InputCheck,
  { latitude, longitude }: Pick<DealerDetails, 'latitude' | 'longitude'>,
): void {
  if ((latitude === null) === (longitude === null)) return;
  check.fault(latitude === null ? 'latitude' : 'longitude', 'Give both latitude and longitude, or neither.');
}
