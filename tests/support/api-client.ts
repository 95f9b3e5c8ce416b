import { DEMO_PASSWORD } from '../../src/seeders/demo-people.js';
import { formOf } from './uploads.js';

export interface Told<Data> {
  readonly status: number;
  readonly data: Data;
  readonly errors?: ReadonlyArray<{ readonly extensions: { readonly code: string } }>;
}

/** A client of a server that runs somewhere, as whoever signs in; `fetch`, and nothing of the server's own. */
export class ApiClient {
  private headers: Record<string, string> = {};

  constructor(readonly url: string) {}

  /** One of the demo's people. */
  static async of(url: string, email: string): Promise<ApiClient> {
    const client = new ApiClient(url);
    const login = 'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }';
    const input = { email, password: DEMO_PASSWORD };
    const { data } = await client.ask<{ login: { tokens: { accessToken: string } } }>(login, { input });
    client.headers = { authorization: `Bearer ${data.login.tokens.accessToken}` };
    return client;
  }

  get authorization(): string {
    return this.headers.authorization ?? '';
  }

  /** Files among the variables go as uploads do. */
  async ask<Data>(
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<Told<Data>> {
    const form = formOf({ query, variables });
    const kind: Record<string, string> = form
      ? { 'apollo-require-preflight': 'true' }
      : { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { ...kind, ...this.headers, ...headers },
      body: form ?? JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const told = text.startsWith('{')
      ? (JSON.parse(text) as Omit<Told<Data>, 'status'>)
      : { data: null as Data };
    return { ...told, status: response.status };
  }

  /** @throws Error with what it was refused with. */
  async ok<Data>(query: string, variables: object = {}): Promise<Data> {
    const told = await this.ask<Data>(query, variables);
    if (told.errors || told.status !== 200) throw new Error(JSON.stringify(told));
    return told.data;
  }
}
