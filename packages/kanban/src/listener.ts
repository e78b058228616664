/** What `on` takes for event `E` of `Events`. */
export type Listener<Events, E extends keyof Events> = (
  ...args: Events[E] extends unknown[] ? Events[E] : never
) => void
