/** Where files lie in S3, or in what speaks it. */
export interface S3Place {
  readonly bucket: string;
  /** What all keys begin with: `` or `folder/`. */
  readonly prefix: string;
  /** None: Amazon's, by the region. */
  readonly endpoint: string | null;
  /** Where browsers reach the endpoint, if under another name than we do: links to private files are signed for it. */
  readonly publicEndpoint: string | null;
  /** None: as the SDK finds it (AWS_REGION, its configuration file). */
  readonly region: string | null;
  /** The bucket stands in the path (`host/bucket/key`), and not before the host's name (`bucket.host/key`). */
  readonly pathStyle: boolean;
}

const SHAPE = /^s3:\/\/([^/?#]+)((?:\/[^?#]*)?)(?:\?([^#]*))?$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const FOLDER = /^[\w.-]+$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const NAMES = ['endpoint', 'public_endpoint', 'region', 'path_style'];

/**
 * Reads `s3://BUCKET/FOLDER?endpoint=…&public_endpoint=…&region=…&path_style=…`.
 * @throws Error with a sentence for each fault.
 */
export function readS3Url(url: string): S3Place {
  const [, bucket = '', path = '', queryText = ''] = SHAPE.exec(url) ?? [];
  if (!bucket) throw new Error('write s3://BUCKET or s3://BUCKET/FOLDER, and behind a ? what else there is');
  const query = new URLSearchParams(queryText);
  const folders = path.split('/').filter(Boolean);
  const faults = [
    ...(BUCKET.test(bucket)
      ? []
      : ['a bucket has 3 to 63 small letters, digits, dots and hyphens in its name']),
    ...(folders.every(isFolder) ? [] : ['a folder has letters, digits, dots, hyphens and _ in its name']),
    ...faultsOfQuery(query),
  ];
  if (faults.length > 0) throw new Error(faults.join('; '));
  const endpoint = query.get('endpoint');
  return {
    bucket,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    endpoint: endpoint && withoutSlash(endpoint),
    publicEndpoint: withoutSlash(query.get('public_endpoint') ?? endpoint),
    // The servers that are not Amazon's have one region, and most of them call it so.
    region: query.get('region') ?? (endpoint === null ? null : 'us-east-1'),
    pathStyle: (query.get('path_style') ?? String(endpoint !== null)) === 'true',
  };
}

function faultsOfQuery(query: URLSearchParams): string[] {
  const names = [...new Set(query.keys())];
  const [endpoint, publicEndpoint, region, pathStyle] = NAMES.map((name) => query.get(name));
  return [
    ...names
      .filter((name) => !NAMES.includes(name))
      .map((name) => `"${name}" is unknown: write ${NAMES.join(', ')}`),
    ...names.filter((name) => query.getAll(name).length > 1).map((name) => `"${name}" may stand there once`),
    ...(isEndpoint(endpoint) ? [] : ['endpoint is http://HOST:PORT or https://…, without a path']),
    ...(isEndpoint(publicEndpoint)
      ? []
      : ['public_endpoint is http://HOST:PORT or https://…, without a path']),
    ...(endpoint || !publicEndpoint ? [] : ['public_endpoint wants an endpoint']),
    ...(region == null || REGION.test(region) ? [] : ['region has small letters, digits and hyphens']),
    ...(pathStyle == null || /^(true|false)$/.test(pathStyle) ? [] : ['path_style is true or false']),
  ];
}

function isFolder(name: string): boolean {
  return FOLDER.test(name) && !/^\.+$/.test(name);
}

/** What is left out is no fault. Keys belong into the environment, where logs do not show them. */
function isEndpoint(text: string | null | undefined): boolean {
  if (text == null) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && pathname === '/' && `${search}${hash}${username}${password}` === '';
}

function withoutSlash<T extends string | null>(url: T): T {
  return (url === null ? null : url.replace(/\/+$/, '')) as T;
}
