import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import type { Selection } from '../../kernel/selection.js';
import { Body } from './account.bodies.js';
import { register } from './account.service.js';
import { readAccount } from './living-account.js';
import { login } from './login.service.js';
import { changePassword } from './password.service.js';
import { updateProfile } from './profile.service.js';
import { logout, refreshToken, type SignedIn } from './session.service.js';
import { invalidToken } from './tokens.js';

/** The auth part of the REST shim: the seed's paths, names and statuses over the same services as GraphQL. */
export function accountRoutes(
  api: FastifyInstance,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  api.post('/auth/register/', async (request, reply) => {
    const ctx = await contextOf(request);
    const body = new Body(request.body);
    const input = {
      email: body.text('email'),
      password: body.secret('password'),
      userType: body.choice('user_type', USER_TYPES, 'userType'),
      firstName: body.optionalText('first_name', 'firstName'),
      lastName: body.optionalText('last_name', 'lastName'),
      phone: body.optionalText('phone'),
    };
    body.done();
    const signedIn = await register(ctx, input);
    return reply.code(201).send({ user: await profileOf(ctx, signedIn.userId), ...tokensOf(signedIn) });
  });

  api.post('/auth/login/', async (request) => {
    const ctx = await contextOf(request);
    const body = new Body(request.body);
    const input = { email: body.text('email'), password: body.secret('password') };
    body.done();
    const signedIn = await login(ctx, input);
    return { ...tokensOf(signedIn), user: await profileOf(ctx, signedIn.userId) };
  });

  api.post('/auth/token/refresh/', async (request) => {
    const ctx = await contextOf(request);
    return tokensOf(await refreshToken(ctx, refreshBody(request)));
  });

  api.post('/auth/logout/', async (request, reply) => {
    const ctx = await contextOf(request);
    requireViewer(ctx);
    await logout(ctx, refreshBody(request));
    return reply.code(205).send();
  });

  api.get('/auth/profile/', async (request) => {
    const ctx = await contextOf(request);
    return profileOf(ctx, requireViewer(ctx).id);
  });

  api.patch('/auth/profile/', async (request) => {
    const ctx = await contextOf(request);
    requireViewer(ctx);
    const body = new Body(request.body);
    const changes = {
      firstName: body.changedText('first_name', 'firstName'),
      lastName: body.changedText('last_name', 'lastName'),
      phone: body.changedText('phone'),
      city: body.changedText('city'),
      state: body.changedText('state'),
      postalCode: body.changedText('postal_code', 'postalCode'),
    };
    body.done();
    return profileOf(ctx, await updateProfile(ctx, changes));
  });

  api.post('/auth/change-password/', async (request) => {
    const ctx = await contextOf(request);
    requireViewer(ctx);
    const body = new Body(request.body);
    const input = {
      currentPassword: body.secret('current_password', 'currentPassword'),
      newPassword: body.secret('new_password', 'newPassword'),
    };
    body.done();
    return tokensOf(await changePassword(ctx, input));
  });
}

const USER_TYPES = { buyer: 'BUYER', dealer: 'DEALER' } as const;

/** All of it in one statement: REST has no selections. */
const WHOLE: Selection = new Map(
  ['email', 'userType', 'emailVerified', 'profile'].map((name) => [name, new Map()]),
);

function refreshBody(request: FastifyRequest): { refreshToken: string } {
  const body = new Body(request.body);
  const token = body.text('refresh');
  body.done();
  return { refreshToken: token };
}

function tokensOf({ tokens }: SignedIn) {
  return { access: tokens.accessToken, refresh: tokens.refreshToken };
}

async function profileOf(ctx: Ctx, userId: string) {
  const user = await readAccount(ctx, userId, WHOLE);
  // The account went while its token still lives.
  if (!user) throw invalidToken();
  return {
    id: user.id,
    email: user.email,
    user_type: user.userType.toLowerCase(),
    email_verified: user.emailVerified,
    first_name: user.firstName,
    last_name: user.lastName,
    phone: user.phone,
    city: user.city,
    state: user.state,
    postal_code: user.postalCode,
    avatar_url: user.avatarKey === null ? null : ctx.storage.publicUrl(user.avatarKey),
  };
}
