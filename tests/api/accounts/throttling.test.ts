import { beforeEach, describe, expect, it } from 'vitest';
import type { Logger, RateLimit, RateLimits } from '../../../src/kernel/ports.js';
import { issueToken } from '../../../src/modules/accounts/account-tokens.js';
import { register } from '../../../src/modules/accounts/module.js';
import { ownAccount, provePassword } from '../../../src/modules/accounts/password.service.js';
import { MemoryRateLimits } from '../../../src/platform/rate-limits/memory-rate-limits.js';
import {
  ChangePasswordDocument,
  LoginDocument,
  RegisterDocument,
  ResetPasswordDocument,
} from '../../generated/operations.js';
import { type ApiResponse, testLog, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { upTo } from '../../support/live.js';
import { stored } from './stored.js';

const NEW = 'another horse, another battery';
const VIEWER = { userType: 'BUYER', sessionId: 'none', tokenExpiresAt: new Date(8.64e15) } as const;

/** Empty again before each test, seen through, and out of order where a test says so. */
class TestLimits implements RateLimits {
  readonly keys: string[] = [];
  isDown = false;
  private inner = new MemoryRateLimits();

  renew(): void {
    this.inner = new MemoryRateLimits();
    this.isDown = false;
    this.keys.length = 0;
  }

  async spend(limit: RateLimit, key: string) {
    this.note(key);
    return this.inner.spend(limit, key);
  }

  async giveBack(limit: RateLimit, key: string) {
    this.note(key);
    return this.inner.giveBack(limit, key);
  }

  async reset(limit: RateLimit, key: string) {
    this.note(key);
    return this.inner.reset(limit, key);
  }

  async close() {}

  private note(key: string): void {
    this.keys.push(key);
    if (this.isDown) throw new Error('The store does not answer');
  }
}

// What is counted lies in no database: one kind will do.
describe('throttling', () => {
  const limits = new TestLimits();
  const logged: Array<[object, string]> = [];
  const log: Logger = { ...testLog, error: (details, message) => void logged.push([details, message]) };
  const throttles = { loginFailures: 3, loginFailuresPerIp: 5, registrationsPerIp: 3 };
  const app = useApp('sqlite', {
    config: { throttles: { ...throttles, mailRequests: 1_000, mailRequestsPerIp: 1_000 } },
    adapters: { rateLimits: limits, log },
  });

  beforeEach(() => {
    limits.renew();
    logged.length = 0;
  });

  const login = (email: string, password: string) =>
    app.request(LoginDocument, { input: { email, password } });
  /** The code of each answer in turn, `null` where it was done. */
  const codes = async (answers: Array<Promise<ApiResponse<unknown>>>) =>
    (await Promise.all(answers)).map(({ errors }) => errors?.[0]?.extensions.code ?? null);
  const fail = async (email: string, times: number) => {
    for (const _ of upTo(times))
      expect(await codes([login(email, 'wrong')])).toEqual(['INVALID_CREDENTIALS']);
  };
  /** What is said of the next try, which must come too soon: all but the seconds, and the seconds. */
  const refusal = async (answer: Promise<ApiResponse<unknown>>) => {
    const { status, data, errors } = await answer;
    const told: Record<string, unknown> = errors?.[0]?.extensions ?? {};
    const { retryAfterSeconds: seconds, requestId: _, ...extensions } = told;
    expect(Number.isInteger(seconds)).toBe(true);
    const message = errors?.[0]?.message.replace(String(seconds), 'N');
    return { seconds: seconds as number, said: { status, data, message, ...extensions } };
  };
  const tooSoon = {
    code: 'RATE_LIMITED',
    statusCode: 429,
    message: 'Request was throttled. Expected available in N seconds.',
  };

  describe('of sign-ins', () => {
    it('refuses the 4th try after 3 wrong ones, the right password too, for 15 minutes', async () => {
      const buyer = await app.build.buyer();
      await fail(buyer.email, 3);
      const before = await stored(app);
      const { said, seconds } = await refusal(login(buyer.email, buyer.password));
      expect(said).toMatchObject(tooSoon);
      expect(seconds).toBeGreaterThan(14 * 60);
      expect(seconds).toBeLessThanOrEqual(15 * 60);
      expect(await stored(app)).toEqual(before);
    });

    it('says the same of an address that nobody has', async () => {
      const buyer = await app.build.buyer();
      await fail(buyer.email, 3);
      const known = await refusal(login(buyer.email, 'wrong'));
      limits.renew();
      await fail('nobody@example.com', 3);
      const unknown = await refusal(login('nobody@example.com', 'wrong'));
      expect(unknown.said).toEqual(known.said);
      expect(Math.abs(unknown.seconds - known.seconds)).toBeLessThanOrEqual(1);
    });

    it('counts an address as one, whatever its case', async () => {
      await fail('Somebody@Example.com', 1);
      await fail('SOMEBODY@example.com', 2);
      expect(await codes([login('somebody@example.com', 'wrong')])).toEqual(['RATE_LIMITED']);
    });

    it('gives 30 guesses at once no more than 3 tries, and looks nothing up for the others', async () => {
      const buyer = await app.build.buyer();
      let answers: Array<string | null> = [];
      const statements = await app.statements(async () => {
        answers = await codes(upTo(30).map((n) => login(buyer.email, `wrong ${n}`)));
      });
      expect(statements).toHaveLength(3);
      expect(answers.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(3);
      expect(answers.filter((code) => code === 'RATE_LIMITED')).toHaveLength(27);
    });

    it('forgets the wrong ones once the right one comes', async () => {
      const buyer = await app.build.buyer();
      await fail(buyer.email, 2);
      expect(await codes([login(buyer.email, buyer.password)])).toEqual([null]);
      await fail(buyer.email, 2);
      expect(await codes([login(buyer.email, buyer.password)])).toEqual([null]);
    });

    it('never refuses who knows the password, however often, one after the other and 3 at once', async () => {
      const buyer = await app.build.buyer();
      for (const _ of upTo(6)) expect(await codes([login(buyer.email, buyer.password)])).toEqual([null]);
      expect(await codes(upTo(3).map(() => login(buyer.email, buyer.password)))).toEqual([null, null, null]);
    });

    it('refuses a network after 5 wrong ones, whatever the address, for a day', async () => {
      const buyer = await app.build.buyer();
      for (const n of upTo(5)) await fail(`guess-${n}@example.com`, 1);
      const { said, seconds } = await refusal(login(buyer.email, buyer.password));
      expect(said).toMatchObject(tooSoon);
      expect(seconds).toBeGreaterThan(86_000);
      expect(seconds).toBeLessThanOrEqual(86_400);
    });

    it('counts no try at an address that the network’s count refused, and keeps nothing of it', async () => {
      for (const n of upTo(5)) await fail(`guess-${n}@example.com`, 1);
      limits.keys.length = 0;
      for (const _ of upTo(4)) {
        const { seconds } = await refusal(login('untouched@example.com', 'wrong'));
        expect(seconds).toBeGreaterThan(86_000);
      }
      expect(new Set(limits.keys)).toEqual(new Set(['127.0.0.1']));
    });

    it('counts no try that was refused: the right password of another is let in afterwards', async () => {
      const buyer = await app.build.buyer();
      await fail('victim@example.com', 3);
      await codes(upTo(10).map(() => login('victim@example.com', 'wrong')));
      expect(await codes([login(buyer.email, buyer.password)])).toEqual([null]);
    });

    it('is told over REST as 429', async () => {
      await fail('rest@example.com', 3);
      const response = await fetch(`${app.url}/api/v1/auth/login/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'rest@example.com', password: 'wrong' }),
      });
      expect(response.status).toBe(429);
      expect(await response.json()).toEqual({
        detail: expect.stringMatching(/^Request was throttled\. Expected available in \d+ seconds\.$/),
        status_code: 429,
      });
    });

    it('keeps no address that can be read', async () => {
      const buyer = await app.build.buyer({ email: 'readable@example.com' });
      await login(buyer.email, 'wrong');
      await login(buyer.email, buyer.password);
      expect(limits.keys.length).toBeGreaterThanOrEqual(6);
      for (const key of limits.keys) expect(key).not.toMatch(/readable|@/);
    });

    it('lets people in while its store does not answer, and says so in the log', async () => {
      const buyer = await app.build.buyer();
      limits.isDown = true;
      for (const _ of upTo(4)) {
        expect(await codes([login(buyer.email, 'wrong')])).toEqual(['INVALID_CREDENTIALS']);
      }
      expect(await codes([login(buyer.email, buyer.password)])).toEqual([null]);
      expect(new Set(logged.map(([, message]) => message))).toEqual(
        new Set(['attempts could not be counted: going on without']),
      );
      expect(JSON.stringify(logged)).not.toContain(buyer.email);
    });
  });

  describe('of registrations', () => {
    let count = 0;
    const registration = (email = `newcomer-${++count}@example.com`) => ({ email, password: NEW });
    const signUp = (input = registration()) => app.request(RegisterDocument, { input });

    it('refuses the 4th of a network within the hour, and stores nothing', async () => {
      for (const _ of upTo(3)) expect(await codes([signUp()])).toEqual([null]);
      const before = await stored(app);
      const { said, seconds } = await refusal(signUp());
      expect(said).toMatchObject(tooSoon);
      expect(seconds).toBeGreaterThan(59 * 60);
      expect(seconds).toBeLessThanOrEqual(60 * 60);
      expect(await stored(app)).toEqual(before);
    });

    it('counts who asks whether an address is taken', async () => {
      const { email } = await app.build.buyer();
      for (const _ of upTo(3)) expect(await codes([signUp(registration(email))])).toEqual(['BAD_USER_INPUT']);
      expect(await codes([signUp(registration(email))])).toEqual(['RATE_LIMITED']);
    });

    it('counts no input that was refused before', async () => {
      const short = { ...registration(), password: 'short' };
      for (const _ of upTo(4)) expect(await codes([signUp(short)])).toEqual(['BAD_USER_INPUT']);
      expect(await codes([signUp()])).toEqual([null]);
    });

    it('counts nothing that runs beside the requests', async () => {
      for (const _ of upTo(4)) {
        await register(app.system.makeCtx(), { ...registration(), userType: 'BUYER' });
      }
      expect(await codes([signUp()])).toEqual([null]);
    });
  });

  describe('of current passwords', () => {
    const change = (person: Person, currentPassword: string, newPassword = NEW) =>
      app.request(ChangePasswordDocument, { input: { currentPassword, newPassword } }, person);

    it('refuses the 4th try after 3 wrong ones, the right password too, and changes nothing', async () => {
      const [buyer, other] = [await app.build.buyer(), await app.build.buyer()];
      for (const _ of upTo(3)) expect(await codes([change(buyer, 'wrong')])).toEqual(['BAD_USER_INPUT']);
      const before = await stored(app);
      const { said, seconds } = await refusal(change(buyer, buyer.password));
      expect(said).toMatchObject(tooSoon);
      expect(seconds).toBeLessThanOrEqual(15 * 60);
      expect(await stored(app)).toEqual(before);
      expect(await codes([change(other, other.password)])).toEqual([null]);
    });

    it('lets who guesses on one network keep nobody out on another', async () => {
      const buyer = await app.build.buyer();
      for (const _ of upTo(3)) await change(buyer, 'wrong');
      expect(await codes([change(buyer, buyer.password)])).toEqual(['RATE_LIMITED']);
      const viewer = { ...VIEWER, id: buyer.id };
      const elsewhere = { ...app.system.makeCtx(), viewer, ip: '203.0.113.9' };
      const account = await ownAccount(elsewhere);
      await provePassword(elsewhere, account, 'currentPassword', buyer.password);
    });

    it('forgets the wrong ones once the password was reset by mail', async () => {
      const buyer = await app.build.buyer();
      for (const _ of upTo(3)) await change(buyer, 'wrong');
      const token = (await issueToken(app.system.makeCtx(), buyer.id, 'PASSWORD_RESET')) ?? '';
      await app.ok(ResetPasswordDocument, { input: { token, newPassword: NEW } });
      const again = await app.build.login({ ...buyer, password: NEW });
      expect(await codes([change(again, NEW, 'a third password')])).toEqual([null]);
    });

    it('gives 10 guesses at once no more than 3 tries', async () => {
      const buyer = await app.build.buyer();
      const answers = await codes(upTo(10).map((n) => change(buyer, `wrong ${n}`)));
      expect(answers.filter((code) => code === 'BAD_USER_INPUT')).toHaveLength(3);
      expect(answers.filter((code) => code === 'RATE_LIMITED')).toHaveLength(7);
    });

    it('forgets the wrong ones once the right one comes, and counts no bad new password', async () => {
      const buyer = await app.build.buyer();
      for (const _ of upTo(2)) await change(buyer, 'wrong');
      for (const _ of upTo(4)) {
        expect(await codes([change(buyer, buyer.password, 'short')])).toEqual(['BAD_USER_INPUT']);
      }
      const { data } = await change(buyer, buyer.password);
      const token = data?.changePassword.tokens.accessToken ?? '';
      for (const _ of upTo(3)) {
        expect(await codes([change({ ...buyer, token }, 'wrong')])).toEqual(['BAD_USER_INPUT']);
      }
      expect(await codes([change({ ...buyer, token }, NEW, 'a third password')])).toEqual(['RATE_LIMITED']);
    });
  });
});
