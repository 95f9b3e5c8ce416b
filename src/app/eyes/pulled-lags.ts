import type { Pulled, Samples } from '../../platform/metrics/pulled.js';
import { one } from '../../platform/metrics/pulled.js';
import type { LagReader, Lags } from './lags.js';

/** Each node tells the same of the database: of several, the greatest is the one that is not behind. */
const shared = { aggregator: 'max' } as const;

/** What is due and not done. While the database does not answer nothing is told but that. */
export function lagMetrics(reader: LagReader): Pulled[] {
  const lag = (name: string, help: string, of: (lags: Lags) => Samples): Pulled => ({
    ...shared,
    name,
    help,
    read: async () => {
      const lags = await reader.read();
      return lags ? of(lags) : [];
    },
  });
  const seconds = (ms: number) => one(ms / 1_000);
  const perJob = (value: (job: Lags['jobs'][number]) => number) => (lags: Lags) =>
    lags.jobs.map((job) => ({ labels: { job_name: job.name }, value: value(job) }));
  const ofJobs = (metric: Pulled): Pulled => ({ ...metric, labelNames: ['job_name'] });
  return [
    {
      ...shared,
      aggregator: 'min',
      name: 'database_up',
      help: '1 while the database answers this node within 2 s, else 0.',
      read: async () => one((await reader.read()) ? 1 : 0),
    },
    lag('mails_due', 'Mails that are due to be sent, up to 10000.', (lags) => one(lags.mailsDue)),
    lag('mail_oldest_due_seconds', 'How long the mail that is overdue most has been due.', (lags) =>
      seconds(lags.oldestMailMs),
    ),
    lag('mails_failed', 'Mails that were given up in the last 90 days, up to 10000.', (lags) =>
      one(lags.mailsFailed),
    ),
    lag(
      'offers_overdue_seconds',
      'How long ago an offer lapsed that is not written down as lapsed.',
      (lags) => seconds(lags.offersOverdueMs),
    ),
    lag('holds_overdue_seconds', 'How long ago a hold ran out that is not released.', (lags) =>
      seconds(lags.holdsOverdueMs),
    ),
    lag(
      'listings_to_match',
      'Listings that are still to be matched with saved searches, up to 10000.',
      (lags) => one(lags.listingsToMatch),
    ),
    lag('price_drop_oldest_seconds', 'How long the oldest price drop has waited to be told.', (lags) =>
      seconds(lags.oldestPriceDropMs),
    ),
    lag(
      'bulk_upload_oldest_seconds',
      'How long the oldest uploaded file of vehicles has waited to be read.',
      (lags) => seconds(lags.oldestUploadMs),
    ),
    ofJobs(
      lag(
        'job_overdue_seconds',
        'How long ago a job should have run next, of all nodes.',
        perJob((job) => job.overdueMs / 1_000),
      ),
    ),
    ofJobs(
      lag(
        'job_failures_in_row',
        'Runs of a job in a row that failed, of all nodes.',
        perJob((job) => job.failures),
      ),
    ),
  ];
}
