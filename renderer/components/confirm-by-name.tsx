/** Deleting asks for the name, typed. */
import { ConfirmTyped, type ConfirmTypedProps } from './confirm-typed.tsx';

export interface ConfirmByNameProps extends Omit<ConfirmTypedProps, 'wanted'> {
  readonly name: string;
}

export function ConfirmByName({ name, ...more }: ConfirmByNameProps) {
  return <ConfirmTyped wanted={name} {...more} />;
}
