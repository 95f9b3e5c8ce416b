import { badInput } from '../../kernel/errors.js';
import { InputCheck } from '../../kernel/text.js';

const BLANK = 'This field may not be blank.';

/**
 * Reads a JSON body field by field and collects what is wrong with it, in the words of Django REST framework, whose
 * clients this serves. Faults stand under the service's field name; the shim tells them in snake_case.
 */
export class Body {
  private readonly check = new InputCheck();
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(body: unknown) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw badInput({ nonFieldErrors: [`Invalid data. Expected a dictionary, but got ${kindOf(body)}.`] });
    }
    this.fields = body as Record<string, unknown>;
  }

  /** A text that must be there and say something; `''` where it is at fault. */
  text(name: string, fault = name): string {
    const value = this.secret(name, fault);
    if (value !== '' && value.trim() === '') this.check.fault(fault, BLANK);
    return value;
  }

  /** As `text`, but blanks say something: they are characters of a password. */
  secret(name: string, fault = name): string {
    const value = this.given(name);
    if (value === undefined) this.check.fault(fault, 'This field is required.');
    else if (value === null) this.check.fault(fault, 'This field may not be null.');
    else if (typeof value !== 'string') this.check.fault(fault, 'Not a valid string.');
    else if (value === '') this.check.fault(fault, BLANK);
    else return value;
    return '';
  }

  optionalText(name: string, fault = name): string | null {
    const value = this.given(name);
    if (typeof value === 'string') return value;
    this.check.ensure(value === undefined || value === null, fault, 'Not a valid string.');
    return null;
  }

  /** As `optionalText`, but what is not there at all is undefined: a change leaves it as it is. */
  changedText(name: string, fault = name): string | null | undefined {
    return this.given(name) === undefined ? undefined : this.optionalText(name, fault);
  }

  /** One of the names in `choices`, told as what it stands for. */
  choice<T>(name: string, choices: Readonly<Record<string, T>>, fault = name): T {
    const value = this.given(name);
    const [first] = Object.values(choices) as [T];
    if (typeof value === 'string' && Object.hasOwn(choices, value)) return choices[value] as T;
    if (value === undefined) this.check.fault(fault, 'This field is required.');
    else if (value === null) this.check.fault(fault, 'This field may not be null.');
    else if (typeof value !== 'string') this.check.fault(fault, 'Not a valid string.');
    else this.check.fault(fault, `"${value.slice(0, 50)}" is not a valid choice.`);
    // Never used: `done` throws before.
    return first;
  }

  /** @throws AppError BAD_USER_INPUT if anything was at fault. */
  done(): void {
    this.check.done();
  }

  private given(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }
}

function kindOf(body: unknown): string {
  if (body === null || body === undefined) return 'nothing';
  return Array.isArray(body) ? 'a list' : `a ${typeof body}`;
}
