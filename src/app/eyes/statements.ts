import type { StatementTiming } from '../../platform/database/guarded.js';
import { kindOf } from '../../platform/tracing/sql-text.js';
import { markFailed } from '../../platform/tracing/tracing.js';
import type { Eyes } from './eyes.js';

/** Times each statement, and makes it a span of what it is part of; undefined where nobody looks. */
export function statementTiming({ metrics, tracing }: Eyes): StatementTiming | undefined {
  if (!metrics && !tracing) return undefined;
  return (sql) => {
    const startedAt = performance.now();
    const span = tracing?.statement(sql);
    return (error) => {
      metrics?.statementRan(kindOf(sql), (performance.now() - startedAt) / 1_000, error !== null);
      if (error !== null && span) markFailed(span, error);
      span?.end();
    };
  };
}
