interface Answer<Data> {
  data?: Data | null;
  errors?: ReadonlyArray<{ message: string; extensions?: { code?: string } }>;
}

/** A refusal of the API, with the code by which a client knows what to do. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Sends an operation over HTTP. @throws Refused with the first error. */
export async function send<Data>(
  url: string,
  query: string,
  variables: object = {},
  token?: string,
): Promise<Data> {
  return read(
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    }),
  );
}

/** Sends an operation whose variable `file` is a PDF, as docs/uploads.md has it. @throws Refused with the first error. */
export async function sendFile<Data>(url: string, query: string, pdf: Buffer, token: string): Promise<Data> {
  const body = new FormData();
  body.set('operations', JSON.stringify({ query, variables: { file: null } }));
  body.set('map', JSON.stringify({ 0: ['variables.file'] }));
  body.set('0', new Blob([new Uint8Array(pdf)]), 'licence.pdf');
  const headers = { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' };
  return read(await fetch(`${url}/graphql`, { method: 'POST', headers, body }));
}

async function read<Data>(response: Response): Promise<Data> {
  const { data, errors } = (await response.json()) as Answer<Data>;
  const error = errors?.[0];
  if (error || !data) throw new Refused(error?.message ?? `HTTP ${response.status}`, error?.extensions?.code);
  return data;
}

/** Whether a CarNegotiate answers there, and reaches its database. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/health/`, { signal: AbortSignal.timeout(3_000) });
    return ((await response.json()) as { status?: string }).status === 'healthy';
  } catch {
    return false;
  }
}
