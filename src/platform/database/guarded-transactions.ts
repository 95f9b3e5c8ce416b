import type { DatabaseConnection, Driver } from 'kysely';
import { unavailabilityOf } from '../../kernel/unavailable.js';

/**
 * Kysely gives a connection back after COMMIT or ROLLBACK, and after neither of them where BEGIN has failed, or ROLLBACK
 * itself: the pool would be a connection short for good, and SQLite, with its single one, would stand still. So a BEGIN
 * that fails is told by the first statement after it, and a ROLLBACK that fails, which no living connection refuses, is
 * only logged: the pool throws dead connections away.
 */
export function guardTransactions(driver: Driver, warn: (error: unknown, message: string) => void): Driver {
  /** Connections without the transaction that they were asked for, and how they are made good again. */
  const notBegun = new WeakMap<DatabaseConnection, () => void>();
  const begin = driver.beginTransaction.bind(driver);
  const rollback = driver.rollbackTransaction.bind(driver);
  driver.beginTransaction = async (connection, settings) => {
    try {
      await begin(connection, settings);
    } catch (error) {
      const { executeQuery } = connection;
      connection.executeQuery = () => Promise.reject(error);
      notBegun.set(connection, () => {
        connection.executeQuery = executeQuery;
      });
    }
  };
  driver.rollbackTransaction = async (connection) => {
    const restore = notBegun.get(connection);
    notBegun.delete(connection);
    if (restore) return restore();
    await rollback(connection).catch((error: unknown) => {
      // Of a connection that broke more than enough has been told.
      if (!unavailabilityOf(error)) warn(error, 'a rollback failed');
    });
  };
  return driver;
}
