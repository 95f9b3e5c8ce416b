import type { Page } from '../../../kernel/connection.js';
import type { FacetsSource } from './facets.reads.js';

/** A page with what tells the facets of its whole list, should they be asked for. */
export type FacetedPage<P extends Page<unknown>> = P & { readonly facetsSource: FacetsSource };

export function withFacets<P extends Page<unknown>>(page: P, facetsSource: FacetsSource): FacetedPage<P> {
  return { ...page, facetsSource };
}
