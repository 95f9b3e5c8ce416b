import type { Constraint } from '../../kernel/constraints.js';
import { conflict } from '../../kernel/errors.js';

export const dealerConstraints: readonly Constraint[] = [
  {
    index: 'dealers_user_unique',
    columns: 'dealers.user_id',
    error: () => conflict('This account has already registered its dealership.'),
  },
];
