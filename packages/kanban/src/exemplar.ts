/**
 * An object that is kept and never used.
 *
 * V8 throws compiled code away when a garbage collection finds no instance left of a class that the code was compiled for.
 * So after an idle moment the next burst would run several times slower until it is compiled again. With one instance kept
 * alive it does not.
 */
export type Exemplar<T extends object> = T
