import type { Ctx } from '../../../kernel/context.js';
import type { Job } from '../../../kernel/ports.js';
import { aggregateDailyFigures, foldOldViews } from './daily-figures.service.js';

const MINUTE_MS = 60_000;

export const dailyFigureJobs: readonly Job<Ctx>[] = [
  { name: 'aggregate-daily-figures', everyMs: 5 * MINUTE_MS, run: aggregateDailyFigures },
  { name: 'fold-old-views', everyMs: 60 * MINUTE_MS, run: foldOldViews },
];
