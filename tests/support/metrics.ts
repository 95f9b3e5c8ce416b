/** A metric of Prometheus' text format. */
export interface Family {
  readonly type: string;
  readonly help: string;
  /** `name{labels}` and its value, as they stand there; of a histogram its buckets, sum and count too. */
  readonly samples: ReadonlyMap<string, number>;
}

/** Reads Prometheus' text format; throws at what does not belong there. */
export function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, { type: string; help: string; samples: Map<string, number> }>();
  for (const line of text.split('\n').filter(Boolean)) {
    const head = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (head) {
      const [, what, name, said] = head as unknown as [string, 'HELP' | 'TYPE', string, string];
      const family = families.get(name) ?? { type: '', help: '', samples: new Map() };
      families.set(name, family);
      family[what === 'HELP' ? 'help' : 'type'] = said;
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/.exec(line);
    if (!sample) throw new Error(`No line of Prometheus: ${line}`);
    const [, name, labels = '', value] = sample as unknown as [string, string, string | undefined, string];
    const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (!family) throw new Error(`No TYPE before ${line}`);
    family.samples.set(`${name}${labels}`, Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN')));
  }
  return families;
}

/** The value of `name{labels}`, labels in any order; undefined where it is not told. */
export function sampleOf(
  families: Map<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  for (const { samples } of families.values()) {
    for (const [sample, value] of samples) {
      const [, found, told = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(sample) ?? [];
      if (found !== name) continue;
      const parts = told === '' ? [] : told.split(',');
      if (wanted.every((part) => parts.includes(part))) return value;
    }
  }
  return undefined;
}
