import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLEmailAddress, GraphQLURL } from 'graphql-scalars';
import { type Day, isDay } from './days.js';
import { Upload } from './upload.js';

/** A moment: ISO 8601 in UTC with milliseconds. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment as ISO 8601 in UTC with milliseconds, "2026-11-22T08:30:00.000Z".',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
});

function parseDateTime(value: unknown): Date {
  const date = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime())) {
    throw new GraphQLError('DateTime is ISO 8601, such as "2026-11-22T08:30:00.000Z".');
  }
  return date;
}

/** A calendar day; inside, a text as it is told. */
export const DateScalar = new GraphQLScalarType<Day, string>({
  name: 'Date',
  description: 'A day of the calendar as ISO 8601, "2026-11-22". Days begin at midnight UTC.',
  serialize: (value) => value as Day,
  parseValue: parseDay,
  parseLiteral: (node) => parseDay(node.kind === Kind.STRING ? node.value : null),
});

function parseDay(value: unknown): Day {
  if (typeof value === 'string' && isDay(value)) return value;
  throw new GraphQLError('Date is a day of the calendar as ISO 8601, such as "2026-11-22".');
}

/** A file that came with its request. There is no other way to make one: not by JSON, and not in a document. */
export const UploadScalar = new GraphQLScalarType<Upload, never>({
  name: 'Upload',
  description:
    'A file, sent by a multipart request: a variable that is null in `operations` and stands in `map`. ' +
    'Nothing else is taken for one.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    if (value instanceof Upload) return value;
    throw notUploaded();
  },
  parseLiteral: () => {
    throw notUploaded();
  },
  serialize: () => {
    throw new Error('An upload is never told back');
  },
});

function notUploaded(): GraphQLError {
  return new GraphQLError('A file is sent by a multipart request.', {
    extensions: { code: 'BAD_USER_INPUT', statusCode: 400 },
  });
}

export { GraphQLEmailAddress as EmailAddressScalar, GraphQLURL as URLScalar };
