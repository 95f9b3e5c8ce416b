import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig, settingNames } from '../../../src/app/config.js';

const SECRET = 'a-secret-of-thirty-two-characters-or-more';
const read = (env: Record<string, string> = {}) => readConfig({ JWT_SECRETS: `k1:${SECRET}`, ...env });

/** The lines of the message behind its first one, without their indentation. */
function faultsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    const [first, ...faults] = (error as Error).message.split('\n');
    expect(first).toBe('The settings are not usable:');
    return faults.map((fault) => fault.trim());
  }
  throw new Error('The settings were taken.');
}

describe('readConfig', () => {
  it('needs nothing in development', () => {
    expect(read()).toMatchObject({
      environment: 'development',
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://127.0.0.1:4000',
      databaseUrl: 'sqlite:data/carnegotiate.sqlite',
      corsAllowedOrigins: ['http://localhost:3000', 'http://127.0.0.1:3000'],
      accessTokenTtlMs: 3_600_000,
      refreshTokenTtlMs: 604_800_000,
      graphiql: true,
      introspection: true,
      demoData: true,
      policy: {
        pageSize: 20,
        maxPageSize: 100,
        offerLifetimeMs: 172_800_000,
        offersPerVehicle: 5,
        holdMs: 604_800_000,
        warningMs: 21_600_000,
        invitationLifetimeMs: 345_600_000,
        minimumInvitationDiscountPercent: 5,
        messagesPerMinute: 30,
        minimumOfferPercent: 50,
        maxDealerDocuments: 20,
        maxDocumentBytes: 10_485_760,
      },
    });
  });

  it('takes an empty value for none', () => {
    expect(read({ PORT: '', GRAPHIQL: '', PUBLIC_URL: '' })).toEqual(read());
  });

  it('shows nothing of itself in production unless it is told to', () => {
    const shown = { graphiql: false, introspection: false, demoData: false };
    expect(read({ NODE_ENV: 'production' })).toMatchObject(shown);
    expect(
      read({ NODE_ENV: 'production', GRAPHIQL: 'true', INTROSPECTION: '1', DEMO_DATA: 'true' }),
    ).toMatchObject({
      graphiql: true,
      introspection: true,
      demoData: true,
    });
    expect(read({ GRAPHIQL: 'false', INTROSPECTION: '0', DEMO_DATA: 'false' })).toMatchObject(shown);
  });

  it('makes no demo data in tests', () => {
    expect(read({ NODE_ENV: 'test' }).demoData).toBe(false);
  });

  it('tells every fault at once', () => {
    const faults = faultsOf({
      NODE_ENV: 'production',
      PORT: '70000',
      DATABASE_URL: 'mysql://localhost/cars',
      LOG_LEVEL: 'loud',
      GRAPHIQL: 'yes',
      OFFER_LIFETIME_HOURS: '1.5',
      CORS_ALLOWED_ORIGINS: 'http://localhost:3000,nowhere',
    });
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      'PORT',
      'DATABASE_URL',
      'CORS_ALLOWED_ORIGINS.1',
      'LOG_LEVEL',
      'GRAPHIQL',
      'OFFER_LIFETIME_HOURS',
      'JWT_SECRETS',
    ]);
    expect(faults).toContain('DATABASE_URL: write sqlite:PATH or postgresql://…');
  });

  it('refuses a page that is longer than pages may be', () => {
    expect(faultsOf({ PAGE_SIZE: '50', MAX_PAGE_SIZE: '20' })).toEqual([
      'PAGE_SIZE: a page that asks for no number has MAX_PAGE_SIZE rows at most',
    ]);
    expect(read({ PAGE_SIZE: '20', MAX_PAGE_SIZE: '20' }).policy.pageSize).toBe(20);
  });

  it('refuses several processes on what only one can have, and says what to set', () => {
    expect(faultsOf({ WEB_CONCURRENCY: '2' })).toEqual([
      'REDIS_URL: set it with WEB_CONCURRENCY over 1: processes tell each other over Redis what happens',
      'DATABASE_URL: set a postgresql://… with WEB_CONCURRENCY over 1: SQLite is for one process',
    ]);
    const several = { DATABASE_URL: 'postgresql://db/cars', REDIS_URL: 'redis://redis:6379' };
    expect(read({ ...several, WEB_CONCURRENCY: '2', STOP_SECONDS: '20', DRAIN_SECONDS: '5' })).toMatchObject({
      workers: 2,
      stopMs: 20_000,
      drainMs: 5_000,
    });
  });

  it('refuses a token for metrics on a port that several processes share', () => {
    const several = {
      WEB_CONCURRENCY: '2',
      DATABASE_URL: 'postgresql://db/cars',
      REDIS_URL: 'redis://redis:6379',
    };
    expect(faultsOf({ ...several, METRICS_TOKEN: 'sixteen-letters-!' })).toEqual([
      'METRICS_TOKEN: set METRICS_PORT with WEB_CONCURRENCY over 1: on the shared port one process would tell its own metrics',
    ]);
    expect(read({ ...several, METRICS_PORT: '9464' }).metrics.port).toBe(9464);
  });

  it('refuses production without keys of its own', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'JWT_SECRETS: set it in production, as kid:secret with a secret of 32 characters or more',
    ]);
  });

  it.each(['sqlite:', 'mysql://localhost/cars', 'data/cars.sqlite', 'postgresql:/localhost'])(
    'refuses the database %s',
    (url) => {
      expect(faultsOf({ DATABASE_URL: url })).toEqual(['DATABASE_URL: write sqlite:PATH or postgresql://…']);
    },
  );

  it.each([
    'sqlite::memory:',
    'sqlite:/var/lib/cars.sqlite',
    'postgres://db/cars',
    'postgresql://u:p@db:5432/cars',
  ])('takes the database %s', (url) => {
    expect(read({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });
});

describe('PUBLIC_URL and WEB_URL', () => {
  const mail = { SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'cars@example.com' };
  const production = { NODE_ENV: 'production', JWT_SECRETS: `k1:${SECRET}` };

  it.each(['javascript:alert(1)', 'ftp://cars.example', 'cars.example'])('are not %s', (url) => {
    expect(faultsOf({ PUBLIC_URL: url, WEB_URL: url })).toEqual([
      'PUBLIC_URL: write http://… or https://…',
      'WEB_URL: write http://… or https://…',
    ]);
  });

  it('are needed in production where mails are sent, the second only where the pages are elsewhere', () => {
    const url = 'https://cars.example';
    // By the server's own address mails are switched off.
    for (const given of [{}, { WEB_URL: url }] as Array<Record<string, string>>)
      expect(faultsOf({ ...production, ...mail, ...given })).toEqual([
        'PUBLIC_URL: set it in production with SMTP_URL: links in mails begin with it',
      ]);
    const api = 'https://api.cars.example';
    const both = { publicUrl: api, webUrl: url };
    expect(read({ ...production, ...mail, PUBLIC_URL: api }).webUrl).toBe(api);
    expect(read({ ...production, ...mail, PUBLIC_URL: api, WEB_URL: url })).toMatchObject(both);
    expect(read(production).webUrl).toBe('http://127.0.0.1:4000');
    expect(read(mail).webUrl).toBe('http://127.0.0.1:4000');
  });
});

describe('CORS_ALLOWED_ORIGINS', () => {
  it('are as browsers write origins', () => {
    expect(
      read({ CORS_ALLOWED_ORIGINS: 'https://Cars.example:443/, http://localhost:3000' }).corsAllowedOrigins,
    ).toEqual(['https://cars.example', 'http://localhost:3000']);
  });

  it.each(['*', 'null', 'cars.example', 'file:///srv', 'cars:3000'])('refuses %s', (origin) => {
    expect(faultsOf({ CORS_ALLOWED_ORIGINS: origin })[0]).toMatch(/^CORS_ALLOWED_ORIGINS\.0: /);
  });
});

describe('TRUSTED_PROXIES', () => {
  it('are nobody, unless they are named', () => {
    expect(read().trustedProxies).toEqual([]);
    expect(read({ TRUSTED_PROXIES: '10.0.0.1, fd00::/8' }).trustedProxies).toEqual(['10.0.0.1', 'fd00::/8']);
  });

  it('are addresses and networks', () => {
    expect(faultsOf({ TRUSTED_PROXIES: '10.0.0.1,proxy.example' })).toEqual([
      'TRUSTED_PROXIES.1: write addresses (10.0.0.1) and networks (10.0.0.0/8)',
    ]);
  });
});

describe('JWT_SECRETS', () => {
  it('lists keys in their order, the signing one first, and secrets may hold colons', () => {
    expect(readConfig({ JWT_SECRETS: `new:x:${SECRET}, old-1:${SECRET}` }).jwtSecrets).toEqual([
      { kid: 'new', secret: `x:${SECRET}` },
      { kid: 'old-1', secret: SECRET },
    ]);
  });

  it('refuses a short secret, a key without a name, and a name that stands there twice', () => {
    const shape = 'JWT_SECRETS: each key is written kid:secret, with a secret of at least 32 characters';
    expect(faultsOf({ JWT_SECRETS: 'k1:too-short' })).toEqual([shape]);
    expect(faultsOf({ JWT_SECRETS: SECRET })).toEqual([shape]);
    expect(faultsOf({ JWT_SECRETS: `k1:${SECRET},` })).toEqual([shape]);
    expect(faultsOf({ JWT_SECRETS: `k1:${SECRET},k1:${SECRET}x` })).toEqual([
      'JWT_SECRETS: each kid may stand there once',
    ]);
  });

  it('never says a secret', () => {
    expect(faultsOf({ JWT_SECRETS: 'k1:too-short' }).join()).not.toContain('too-short');
  });

  it('is made once in development, for the eyes of its owner alone', () => {
    const [before, dir] = [process.cwd(), mkdtempSync(join(tmpdir(), 'carnegotiate-config-'))];
    onTestFinished(() => {
      process.chdir(before);
      rmSync(dir, { recursive: true });
    });
    process.chdir(dir);
    const [first] = readConfig({}).jwtSecrets;
    expect(first?.kid).toBe('development');
    expect(first?.secret.length).toBeGreaterThanOrEqual(32);
    expect(readConfig({}).jwtSecrets).toEqual([first]);
    expect(statSync(join(dir, 'data/development-secret')).mode & 0o777).toBe(0o600);
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').matchAll(
    /^#([A-Z][A-Z_]*)=(.*)$/gm,
  );
  const example = [...lines].map(([, name, value]) => [name as string, value as string] as const);

  it('lists every setting once, and no other', () => {
    expect(example.map(([name]) => name).sort()).toEqual([...settingNames].sort());
  });

  it('gives the defaults', () => {
    expect(read({ ...Object.fromEntries(example), JWT_SECRETS: `k1:${SECRET}` })).toEqual(read());
  });
});
