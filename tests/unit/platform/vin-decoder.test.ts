import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bodyTypeOf, drivetrains, fuelTypes } from '../../../src/modules/vehicles/vin/vin-names.js';
import { VpicDatabase } from '../../../src/platform/vin/vpic-database.js';
import {
  WorkerVinDecoder,
  type WorkerVinDecoderOptions,
} from '../../../src/platform/vin/worker-vin-decoder.js';
import { testLog } from '../../support/app.js';
import { unpackVins, vinDirectory, withCheckDigit } from '../../support/vins.js';

/** Unpacking takes two seconds of a core, which on a busy machine are many more. */
const LONG = 60_000;
const PATIENT = { timeLimitMs: LONG, log: testLog };

const question = (vin: string, ...modelYears: number[]) => ({ vin: withCheckDigit(vin), modelYears });

describe('WorkerVinDecoder', () => {
  const decoder = new WorkerVinDecoder({ directory: vinDirectory, ...PATIENT });
  beforeAll(unpackVins, LONG);
  afterAll(() => decoder.close());

  const facts = async (vin: string, ...years: number[]) =>
    (await decoder.decode([question(vin, ...years)]))[0];

  const cars: Array<[vin: string, year: number, words: Array<string | null>]> = [
    ['1HGCM82633A004352', 2003, ['Honda', 'Accord', 'EX-V6', 'Coupe', 'Gasoline', null]],
    ['5YJSA1E26HF000337', 2017, ['Tesla', 'Model S', null, 'Hatchback/Liftback/Notchback', 'Electric', null]],
    ['1FTFW1ET5DFC10312', 2013, ['Ford', 'F-150', null, 'Pickup', 'Gasoline', null]],
    ['WBA3A5G59DNP26082', 2013, ['BMW', '328i', 'SA', 'Sedan/Saloon', 'Gasoline', null]],
    ['1G1ZT53806F109149', 2006, ['Chevrolet', 'Malibu', 'LT', 'Sedan/Saloon', 'Gasoline', null]],
    ['3VWDX7AJ5BM339496', 2011, ['Volkswagen', 'Jetta', 'SE', 'Sedan/Saloon', 'Gasoline', null]],
    ['2C4RC1L70NR000001', 2022, ['Chrysler', 'Pacifica', 'Touring L', 'Minivan', 'Electric', 'Gasoline']],
    [
      'JTDACAAU0P3000001',
      2023,
      ['Toyota', 'Prius', null, 'Hatchback/Liftback/Notchback', 'Gasoline', 'Electric'],
    ],
    ['JTDBVRBD0HA000001', 2017, ['Toyota', 'Mirai', 'Hydrogen Fuel Cell', 'Sedan/Saloon', 'Fuel Cell', null]],
    [
      'JN8AZ2NE0F9000001',
      2015,
      ['Infiniti', 'QX80', null, 'Crossover Utility Vehicle (CUV)', 'Gasoline', null],
    ],
    // Two patterns name a trim, "Big Horn, Lonestar" and "DT": neither is known to be this car's.
    ['1C6SRFFT0LN000001', 2020, ['Ram', '1500', null, 'Pickup', 'Gasoline', null]],
    // A maker of few: positions 12 to 14 say who.
    ['1P9PA1A102A213001', 2002, ['Panoz', 'Panoz Roadster', null, 'Roadster', null, null]],
    ['1P9PA1A102A999001', 2002, []],
  ];
  it.each(cars)('%s of %i: %j', async (vin, year, words) => {
    const [make, model, trim, bodyClass, primaryFuel, secondaryFuel] = words;
    expect(await facts(vin, year)).toEqual(
      words.length === 0
        ? null
        : {
            ...{ modelYear: year, make, model, trim, bodyClass, primaryFuel, secondaryFuel },
            ...{ electrification: null, driveType: null },
          },
    );
  });

  it('takes another year only for what is neither car nor light truck', async () => {
    expect(await facts('1FDUF5HT0CEA00001', 1982, 2012)).toMatchObject({ modelYear: 2012, model: 'F-550' });
    expect(await facts('1HGCM82633A004352', 1973, 2003)).toBeNull();
    expect(await facts('1HGCM82633A004352')).toBeNull();
  });

  it('answers many in their order, whatever else is asked meanwhile', async () => {
    const known = question('1HGCM82633A004352', 2003);
    const unknown = { vin: 'ZZZZZZZZ0ZZZZZZZZ', modelYears: [2003] };
    const many = Array.from({ length: 1_050 }, (_, index) => (index % 7 ? known : unknown));
    const [answers, one] = await Promise.all([decoder.decode(many), decoder.decode([known])]);
    expect(answers.map((answer) => answer?.model ?? null)).toEqual(
      many.map((asked) => (asked === known ? 'Accord' : null)),
    );
    expect(one).toMatchObject([{ model: 'Accord' }]);
  });

  it('takes no harm from texts that are no VINs', async () => {
    const texts = ['', '*', "'", '[', '\u0000', '\ud800', '?'.repeat(17), '%'.repeat(10_000)];
    expect(await decoder.decode(texts.map((vin) => ({ vin, modelYears: [2003] })))).toEqual(
      texts.map(() => null),
    );
  });

  it('keeps no process alive that has asked and not closed it', { timeout: LONG }, async () => {
    const decoderUrl = new URL('../../../src/platform/vin/worker-vin-decoder.ts', import.meta.url);
    const script = `
      import { WorkerVinDecoder } from ${JSON.stringify(decoderUrl.href)};
      const decoder = new WorkerVinDecoder({ directory: ${JSON.stringify(vinDirectory)}, log: console });
      const [facts] = await decoder.decode([{ vin: '1HGCM82633A004352', modelYears: [2003] }]);
      console.log(facts.model);`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LONG / 2 });
    expect(stdout).toBe('Accord\n');
  });

  it('uses no word that listings have no name for', async () => {
    const database = new DatabaseSync(await new VpicDatabase(vinDirectory).ready(), { readOnly: true });
    const words = (...elements: string[]) =>
      database
        .prepare(
          `select distinct value from pattern where element in (${elements.map(() => '?')}) order by value`,
        )
        .all(...elements)
        .map(({ value }) => String(value));
    const bodies = words('bodyClass');
    const fuels = words('primaryFuel', 'secondaryFuel');
    expect(bodies.length).toBeGreaterThan(60);
    expect(bodies.filter((name) => bodyTypeOf(name) === null && !name.startsWith('Incomplete'))).toEqual([
      'Truck',
    ]);
    expect(fuels.length).toBeGreaterThan(10);
    expect(fuels.filter((name) => !(name in fuelTypes))).toEqual([]);
    expect(words('driveType').filter((name) => !(name in drivetrains))).toEqual([]);
    database.close();
  });
});

describe('the database of VINs', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carnegotiate-vin-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is made by two at once, whole, and leaves nothing else behind', { timeout: LONG }, async () => {
    const here = join(directory, 'data', 'vin');
    await mkdir(here, { recursive: true });
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['vpic-0-0.sqlite.a.part', 'vpic-0-0.sqlite.b.part.raw', 'notes.part']) {
      await writeFile(join(here, name), '');
      await utimes(join(here, name), hoursAgo, hoursAgo);
    }
    await writeFile(join(here, 'vpic-0-0.sqlite.c.part'), 'of somebody who is at it');
    const decoders = [1, 2].map(() => new WorkerVinDecoder({ directory: here, ...PATIENT }));
    const asked = question('1HGCM82633A004352', 2003);
    const answers = await Promise.all(decoders.map((decoder) => decoder.decode([asked])));
    expect(answers.map(([facts]) => facts?.model)).toEqual(['Accord', 'Accord']);
    await Promise.all(decoders.map((decoder) => decoder.close()));
    expect((await readdir(here)).sort()).toEqual([
      'notes.part',
      'vpic-0-0.sqlite.c.part',
      expect.stringMatching(/^vpic-1-[0-9a-f]{8}\.sqlite$/),
    ]);
  });

  it('is left unmade, without a trace, by who is closed meanwhile', async () => {
    const here = join(directory, 'closed');
    const decoder = new WorkerVinDecoder({ directory: here, ...PATIENT });
    const answer = decoder
      .decode([question('1HGCM82633A004352', 2003)])
      .catch((error: Error) => error.message);
    while (!(await readdir(here).catch(() => [])).some((name) => name.endsWith('.raw'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await decoder.close();
    expect(await answer).toBe('The VIN decoder was closed.');
    expect(await readdir(here)).toEqual([]);
  });

  it('cannot be made where there is no folder: that is told, once', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const errors: string[] = [];
    const log = { ...testLog, error: (_details: object, message: string) => void errors.push(message) };
    const decoder = new WorkerVinDecoder({ directory: file, log });
    for (let time = 0; time < 3; time++) {
      await expect(decoder.decode([question('1HGCM82633A004352', 2003)])).rejects.toThrow(
        'could not be started',
      );
    }
    expect(errors).toEqual(['the VIN decoder could not be started']);
    await decoder.close();
  });
});

/** Stands in for the thread, and does what the VIN says. */
const obedient = (marks: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { appendFileSync, readFileSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      const marks = ${JSON.stringify(marks)};
      appendFileSync(marks, '.');
      const life = readFileSync(marks, 'utf8').length;
      parentPort.on('message', (questions) => {
        for (const { vin } of questions) {
          if (vin === 'EXIT') process.exit(0);
          if (vin === 'THROW ONCE' && life === 1) throw new Error('once');
          if (vin === 'HANG') for (;;);
          if (vin === 'EAT') for (const all = [];;) all.push(new Array(1e6).fill(vin));
        }
        parentPort.postMessage(questions.map(() => null));
      });`)}`,
  );

describe('a decoder whose thread fails', () => {
  let directory: string;
  let decoder: WorkerVinDecoder;
  let count = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carnegotiate-vin-'));
    await unpackVins();
  }, LONG);
  afterEach(() => decoder.close());
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const start = (options: Partial<WorkerVinDecoderOptions> = {}) => {
    const script = obedient(join(directory, `${++count}`));
    decoder = new WorkerVinDecoder({ directory: vinDirectory, ...PATIENT, script, ...options });
  };
  const ask = (vin: string) =>
    decoder.decode([{ vin, modelYears: [] }]).then(
      () => 'answered',
      (error: Error) => error.message,
    );

  it('asks a new one once more', async () => {
    start();
    expect(await Promise.all([ask('THROW ONCE'), ask('another')])).toEqual(['answered', 'answered']);
  });

  it('gives up on what takes down a second one, and on nothing else', async () => {
    start();
    expect(await Promise.all([ask('EXIT'), ask('one'), ask('EXIT'), ask('another')])).toEqual([
      'The VIN decoder failed.',
      'answered',
      'The VIN decoder failed.',
      'answered',
    ]);
    expect(await ask('EAT')).toBe('The VIN decoder failed.');
    expect(await ask('later')).toBe('answered');
  });

  it('waits no longer than it may for one that hangs', async () => {
    start({ timeLimitMs: 1_500 });
    expect(await ask('before')).toBe('answered');
    const hanging = ask('HANG');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await Promise.all([hanging, ask('behind it')])).toEqual([
      'The VIN decoder took too long.',
      'answered',
    ]);
  });

  it('lets no more wait than it may', async () => {
    start({ maxWaiting: 2 });
    expect(await ask('before')).toBe('answered');
    const answers = await Promise.all(['asked', 'waits', 'waits', 'too many'].map(ask));
    expect(answers).toEqual(['answered', 'answered', 'answered', 'The VIN decoder is busy.']);
  });

  it.each([
    ['lets a thread go that has had nothing to do', 1, 3],
    ['keeps one for who asks again soon', LONG, 1],
  ])('%s, and answers as before', async (_what, idleMs, lives) => {
    start({ idleMs });
    for (const vin of ['one', 'another', 'the last']) {
      expect(await Promise.all([ask(vin), ask(vin)])).toEqual(['answered', 'answered']);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await readFile(join(directory, `${count}`), 'utf8')).length).toBe(lives);
  });

  it('answers nobody once it is closed, in the middle of a question or before', async () => {
    start();
    expect(await ask('before')).toBe('answered');
    const hanging = ask('HANG');
    await decoder.close();
    expect(await hanging).toBe('The VIN decoder was closed.');
    expect(await ask('after')).toBe('The VIN decoder is closed.');
    await decoder.close();
  });
});
