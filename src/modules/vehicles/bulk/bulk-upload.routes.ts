import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Ctx } from '../../../kernel/context.js';
import { bulkUploadTemplate } from './bulk-upload.service.js';

/** The template as a download: what a link in a dealer's page leads to. */
export function bulkUploadRoutes(
  api: FastifyInstance,
  contextOf: (request: FastifyRequest) => Promise<Ctx>,
): void {
  api.get('/vehicles/bulk-upload/template/', async (request, reply) => {
    const text = bulkUploadTemplate(await contextOf(request));
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="vehicles.csv"')
      .send(text);
  });
}
