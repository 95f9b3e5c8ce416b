import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/app/config.js';
import { readS3Url } from '../../../src/platform/storage/s3-url.js';

describe('an address of a bucket', () => {
  it("is Amazon's where nothing else is said", () => {
    expect(readS3Url('s3://cars')).toEqual({
      bucket: 'cars',
      prefix: '',
      endpoint: null,
      publicEndpoint: null,
      region: null,
      pathStyle: false,
    });
  });

  it('may name a folder, and a server that others know by another name', () => {
    const url =
      's3://cars.example/a/b_1/?endpoint=http://s3:9000/&public_endpoint=https://files.example&region=eu-1';
    expect(readS3Url(url)).toEqual({
      bucket: 'cars.example',
      prefix: 'a/b_1/',
      endpoint: 'http://s3:9000',
      publicEndpoint: 'https://files.example',
      region: 'eu-1',
      pathStyle: true,
    });
  });

  it.each([
    ['s3://cars?endpoint=https://s3.example', { pathStyle: true, region: 'us-east-1' }],
    ['s3://cars?endpoint=https://s3.example&path_style=false', { pathStyle: false }],
    ['s3://cars?region=eu-central-1&path_style=true', { pathStyle: true, region: 'eu-central-1' }],
    ['s3://cars?endpoint=http%3A%2F%2F127.0.0.1%3A9000', { endpoint: 'http://127.0.0.1:9000' }],
    ['s3://cars?endpoint=http://s3:9000', { publicEndpoint: 'http://s3:9000' }],
  ])('%s', (url, meaning) => {
    expect(readS3Url(url)).toMatchObject(meaning);
  });

  it.each([
    ['s3://', /write s3:\/\/BUCKET/],
    ['s3:cars', /write s3:\/\/BUCKET/],
    ['s3://Cars', /a bucket has/],
    ['s3://ca', /a bucket has/],
    ['s3://key:secret@cars', /a bucket has/],
    ['s3://cars/../other', /a folder has/],
    ['s3://cars/a b', /a folder has/],
    [
      's3://cars?endpont=http://s3:9000',
      /"endpont" is unknown: write endpoint, public_endpoint, region, path_style/,
    ],
    ['s3://cars?region=a&region=b', /"region" may stand there once/],
    ['s3://cars?endpoint=s3:9000', /endpoint is http:/],
    ['s3://cars?endpoint=http://s3:9000/path', /endpoint is http:/],
    ['s3://cars?endpoint=http://key:secret@s3:9000', /endpoint is http:/],
    ['s3://cars?public_endpoint=https://files.example', /public_endpoint wants an endpoint/],
    ['s3://cars?region=EU', /region has/],
    ['s3://cars?path_style=yes', /path_style is true or false/],
    ['s3://cars?endpoint', /endpoint is http:/],
  ])('is refused as %s', (url, fault) => {
    expect(() => readS3Url(url)).toThrow(fault);
  });

  it('is checked when the settings are, with every fault of it', () => {
    const read = () =>
      readConfig({
        NODE_ENV: 'test',
        JWT_SECRETS: `a:${'x'.repeat(32)}`,
        STORAGE_URL: 's3://X?region=EU&colour=red',
      });
    expect(read).toThrow(/STORAGE_URL: a bucket has .*; "colour" is unknown.*; region has/);
    const other = () =>
      readConfig({ NODE_ENV: 'test', JWT_SECRETS: `a:${'x'.repeat(32)}`, STORAGE_URL: 'disk:' });
    expect(other).toThrow('STORAGE_URL: write disk:PATH or s3://BUCKET?…');
  });
});
