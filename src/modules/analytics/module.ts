import type { Room } from '../../kernel/room.js';
import { DealerDay, MarketDay } from './daily/daily-figures.entity.js';
import { dailyFigureJobs } from './daily/daily-figures.jobs.js';
import { DealerDashboardResolver } from './dealer/dashboard.resolver.js';
import { AdminDashboardResolver } from './market/admin-dashboard.resolver.js';

export const analytics: Room = {
  name: 'analytics',
  entities: [DealerDay, MarketDay],
  resolvers: [DealerDashboardResolver, AdminDashboardResolver],
  jobs: () => dailyFigureJobs,
};
