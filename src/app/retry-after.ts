import type { ApolloServerPlugin } from '@apollo/server';

/** `extensions.retryAfterSeconds` as a header, too: that is where proxies and generic clients look. */
export const retryAfterHeader: ApolloServerPlugin = {
  requestDidStart: async () => ({
    willSendResponse: async ({ errors, response }) => {
      if (!errors) return;
      const seconds = errors.map(({ extensions }) => extensions.retryAfterSeconds).filter(Number.isInteger);
      if (seconds.length > 0)
        response.http.headers.set('retry-after', String(Math.max(...(seconds as number[]))));
    },
  }),
};
