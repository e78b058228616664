// What a PullQueue should do, said as plainly as possible: arrays, searched from end to end. For the model test only.

export type Class = 'expedite' | 'standard'
export const CLASSES: readonly Class[] = ['expedite', 'standard']
export type Ending = 'acked' | 'cleared' | 'dead-lettered' | 'dropped' | 'expired' | 'withdrawn'

export interface Settings {
  readonly capacity: number
  readonly overflow: 'reject' | 'drop-oldest' | 'drop-newest'
  readonly maxAgeMs: number
  readonly isFair: boolean
  readonly drop: 'codel' | 'controlled-delay' | 'none' | undefined
  readonly order: 'fifo' | 'adaptive-lifo'
  readonly targetMs: number
  readonly intervalMs: number
  readonly windowMs: number | undefined
}

export interface Item {
  readonly id: number
  readonly class: Class
  readonly tenant: string
  readonly cost: number
  readonly key: string
  readonly expiresAt: number
  attempt: number
  /** The number of its lease, until it waits at the back again: 0. */
  order: number
  at: number
}

export interface Consumer {
  readonly id: number
  /** For a batch. */
  readonly max?: number
  readonly waitMs?: number
  readonly items: Item[]
  dueMs: number
}

/** The state of overload control for those of one class, or of one tenant in it. */
interface Control {
  emptyUntil: number
  firstAbove: number
  isDropping: boolean
  nextDrop: number
  count: number
  lastCount: number
}

interface Round {
  turns: string[]
  deficits: Map<string, number>
  isGranted: boolean
  quantum: number
  /** When each tenant came to the size it has: the fattest for longest is robbed first. */
  sizedAt: Map<string, number>
}

const newRound = (): Round => ({ turns: [], deficits: new Map(), isGranted: false, quantum: 0, sizedAt: new Map() })

export class NaiveQueue {
  readonly settings: Settings
  nowMs = 0
  readonly lines: Record<Class, Item[]> = { expedite: [], standard: [] }
  delayed: { readonly item: Item; readonly dueMs: number }[] = []
  readonly leased: Map<number, Item> = new Map()
  producers: Item[] = []
  consumers: Consumer[] = []
  watchers: { readonly id: number; readonly below: number }[] = []
  /** What each consumer, producer or watcher was told, by its number. */
  readonly told: Map<number, unknown> = new Map()
  readonly endings: Map<number, Ending> = new Map()
  readonly recent: Map<string, number> = new Map()
  admitted = 0
  duplicates = 0
  isClosed = false
  nextId = 0
  nextOrder = 1
  wasAged = false
  clockTicks = 0
  readonly rounds: Record<Class, Round> = { expedite: newRound(), standard: newRound() }
  readonly controls: Map<string, Control> = new Map()

  constructor(settings: Settings) {
    this.settings = settings
  }

  /** The clock as a line sees it. */
  get tick(): number {
    return Math.floor(this.nowMs)
  }

  get ready(): number {
    return this.lines.expedite.length + this.lines.standard.length
  }

  get depth(): number {
    return this.ready + this.delayed.length
  }

  get onLoan(): number {
    return this.leased.size + this.consumers.reduce((sum, { items }) => sum + items.length, 0)
  }

  isDuplicate({ key }: Item): boolean {
    const { windowMs } = this.settings
    if (windowMs === undefined) return false
    const inside = [...this.lines.expedite, ...this.lines.standard, ...this.producers, ...this.leased.values()]
    for (const { item } of this.delayed) inside.push(item)
    for (const { items } of this.consumers) inside.push(...items)
    return inside.some((each) => each.key === key) || (this.recent.get(key) ?? -Infinity) > this.nowMs
  }

  offer(item: Item): 'admitted' | 'closed' | 'duplicate' | 'full' {
    if (this.isClosed) return 'closed'
    if (this.isDuplicate(item)) return 'duplicate'
    if (this.depth >= this.settings.capacity) this.expire([...this.lines.expedite, ...this.lines.standard])
    if (this.depth < this.settings.capacity) {
      this.admit(item)
      return 'admitted'
    }
    const victim = this.victimFor(item)
    if (!victim) return 'full'
    this.remove(victim)
    this.admit(item)
    this.end(victim, 'dropped')
    return 'admitted'
  }

  victimFor(item: Item): Item | undefined {
    const { overflow, isFair } = this.settings
    if (overflow === 'reject') return undefined
    const from = this.lines.standard.length > 0 ? 'standard' : 'expedite'
    if (from === 'expedite' && item.class === 'standard') return undefined
    let candidates = this.lines[from]
    if (isFair) {
      const sizes = Object.entries(Object.groupBy(candidates, ({ tenant }) => tenant)).map(([tenant, its]) => ({
        its: its ?? [],
        since: this.rounds[from].sizedAt.get(tenant) ?? 0,
      }))
      candidates = sizes.toSorted((a, b) => b.its.length - a.its.length || a.since - b.since)[0]?.its ?? []
    }
    return overflow === 'drop-oldest' ? candidates[0] : candidates.at(-1)
  }

  admit(item: Item): void {
    this.admitted++
    this.place(item)
  }

  place(item: Item): void {
    if (item.expiresAt <= this.nowMs) {
      this.vacated()
      this.end(item, 'expired')
      return
    }
    const [consumer] = this.consumers
    if (!consumer) {
      item.order = 0
      item.at = this.tick
      this.insert(item, this.lines[item.class].length)
      return
    }
    this.hand(item, consumer)
  }

  hand(item: Item, consumer: Consumer): void {
    if (consumer.max === undefined) {
      this.consumers.shift()
      this.told.set(consumer.id, item.id)
      this.end(item, 'acked')
      return
    }
    this.collect(consumer, item)
    if (consumer.items.length >= consumer.max || consumer.waitMs === 0) this.complete(consumer)
    else this.finish()
  }

  collect(batch: Consumer, item: Item): void {
    item.order = this.nextOrder++
    if (batch.items.length === 0) batch.dueMs = this.nowMs + (batch.waitMs ?? 0)
    batch.items.push(item)
  }

  complete(batch: Consumer): void {
    this.consumers = this.consumers.filter((each) => each !== batch)
    this.told.set(
      batch.id,
      batch.items.map(({ id }) => id),
    )
    for (const item of batch.items.splice(0)) this.end(item, 'acked')
  }

  giveBack(item: Item): void {
    if (this.consumers.length > 0) {
      this.place(item)
      return
    }
    const line = this.lines[item.class]
    const its = (each: Item): boolean => !this.settings.isFair || each.tenant === item.tenant
    const next = line.findIndex((each) => its(each) && (each.order === 0 || each.order > item.order))
    item.at = line[next]?.at ?? this.tick
    const { deficits } = this.rounds[item.class]
    if (this.settings.isFair && deficits.has(item.tenant))
      deficits.set(item.tenant, (deficits.get(item.tenant) ?? 0) + item.cost)
    this.insert(item, next < 0 ? line.length : next)
  }

  insert(item: Item, index: number): void {
    const line = this.lines[item.class]
    const round = this.rounds[item.class]
    const isFirst = this.stockOf(item).length === 0
    line.splice(index, 0, item)
    if (isFirst) {
      const name = this.controlName(item)
      const control = this.controls.get(name)
      // A tenant that has nothing is forgotten, with the state of its control.
      if (!control || this.settings.isFair) this.controls.set(name, newControl(this.tick))
      else Object.assign(control, { emptyUntil: this.tick, firstAbove: 0 })
    }
    if (!round.deficits.has(item.tenant)) {
      round.turns.push(item.tenant)
      round.deficits.set(item.tenant, 0)
    }
    round.sizedAt.set(item.tenant, ++this.clockTicks)
  }

  /** Out of where it waits. */
  remove(item: Item): void {
    this.delayed = this.delayed.filter((each) => each.item !== item)
    const line = this.lines[item.class]
    const index = line.indexOf(item)
    if (index < 0) return
    line.splice(index, 1)
    const round = this.rounds[item.class]
    round.sizedAt.set(item.tenant, ++this.clockTicks)
    if (line.some(({ tenant }) => tenant === item.tenant)) return
    if (round.turns[0] === item.tenant) round.isGranted = false
    round.turns = round.turns.filter((tenant) => tenant !== item.tenant)
    round.deficits.delete(item.tenant)
    if (round.turns.length === 0) round.quantum = 0
  }

  stockOf({ class: name, tenant }: Item): Item[] {
    return this.settings.isFair ? this.lines[name].filter((each) => each.tenant === tenant) : this.lines[name]
  }

  controlName(item: Item): string {
    return this.settings.isFair ? `${item.class} ${item.tenant}` : item.class
  }

  /** Takes the next one out, to where `keep` puts it, and throws out what must not be handed out. */
  take(keep: (item: Item) => void): Item | undefined {
    this.placeDue()
    while (this.ready > 0) {
      const shed: Item[] = []
      const expired: Item[] = []
      let next = this.choose(shed)
      while (next && next.item.expiresAt <= this.nowMs) {
        this.remove(next.item)
        expired.push(next.item)
        next = this.choose(shed)
      }
      if (next) {
        const { item } = next
        const { deficits } = this.rounds[item.class]
        deficits.set(item.tenant, (deficits.get(item.tenant) ?? 0) - item.cost)
        this.remove(item)
        this.wasAged = next.isAged
        keep(item)
      }
      if (shed.length > 0 || expired.length > 0 || next) this.vacated()
      for (const item of shed) this.end(item, 'dropped')
      for (const item of expired) this.end(item, 'expired')
      if (next) return next.item
    }
    return undefined
  }

  choose(shed: Item[]): { readonly item: Item; readonly isAged: boolean } | undefined {
    for (;;) {
      const [first, second] = CLASSES.filter((name) => this.lines[name].length > 0)
      if (!first) return undefined
      const secondAt = second ? Math.min(...this.lines[second].map(({ at }) => at)) : Infinity
      const isAged = !this.wasAged && this.nowMs - secondAt >= this.settings.maxAgeMs
      const item = this.chooseOf(isAged && second ? second : first, shed)
      if (item) return { item, isAged }
    }
  }

  chooseOf(name: Class, shed: Item[]): Item | undefined {
    const round = this.rounds[name]
    while (this.lines[name].length > 0) {
      const tenant = round.turns[0] ?? ''
      const stock = (): Item[] =>
        this.settings.isFair ? this.lines[name].filter((each) => each.tenant === tenant) : this.lines[name]
      const [any] = stock() as [Item]
      const isNewestFirst = this.shed(stock, any, shed)
      const item = isNewestFirst ? stock().at(-1) : stock()[0]
      if (!item) continue
      if (!this.settings.isFair) return item
      round.quantum = Math.max(round.quantum, item.cost)
      let deficit = round.deficits.get(tenant) ?? 0
      if (!round.isGranted) deficit += round.quantum
      round.isGranted = true
      round.deficits.set(tenant, deficit)
      if (item.cost <= deficit) return item
      round.isGranted = false
      round.turns.push(round.turns.shift() as string)
    }
    return undefined
  }

  /** Whether the newest comes first. */
  shed(stock: () => Item[], any: Item, shed: Item[]): boolean {
    const { drop, order, intervalMs, targetMs } = this.settings
    if (drop === undefined) return false
    const control = this.controls.get(this.controlName(any)) as Control
    const isNewestFirst = order === 'adaptive-lifo' && this.nowMs - control.emptyUntil > intervalMs
    const throwOut = (item: Item): void => {
      this.remove(item)
      shed.push(item)
    }
    if (drop === 'codel') this.codel(stock, control, throwOut)
    if (drop === 'controlled-delay') {
      const isLate = ({ at }: Item): boolean =>
        this.nowMs - at > (at - control.emptyUntil > intervalMs ? targetMs : intervalMs)
      for (let item = stock()[0]; item && isLate(item); item = stock()[0]) throwOut(item)
      if (isNewestFirst) for (let item = stock().at(-1); item && isLate(item); item = stock().at(-1)) throwOut(item)
    }
    return isNewestFirst
  }

  /** RFC 8289, 5.5 and 5.6, with the packet left in the queue until it is dropped. */
  codel(stock: () => Item[], c: Control, drop: (item: Item) => void): void {
    const { intervalMs, targetMs } = this.settings
    const okToDrop = (): boolean => {
      const [head] = stock()
      if (!head || this.nowMs - head.at < targetMs || stock().length <= 2) c.firstAbove = 0
      else if (c.firstAbove === 0) c.firstAbove = this.nowMs + intervalMs
      else return this.nowMs >= c.firstAbove
      return false
    }
    const law = (t: number): number => t + intervalMs / Math.sqrt(c.count)
    let isOk = okToDrop()
    if (c.isDropping) {
      if (!isOk) c.isDropping = false
      while (this.nowMs >= c.nextDrop && c.isDropping) {
        drop(stock()[0] as Item)
        c.count++
        isOk = okToDrop()
        if (isOk) c.nextDrop = law(c.nextDrop)
        else c.isDropping = false
      }
    } else if (isOk) {
      drop(stock()[0] as Item)
      okToDrop()
      c.isDropping = true
      const delta = c.count - c.lastCount
      c.count = delta > 1 && this.nowMs - c.nextDrop < 16 * intervalMs ? delta : 1
      c.nextDrop = law(this.nowMs)
      c.lastCount = c.count
    }
  }

  placeDue(): void {
    const due = this.delayed.filter(({ dueMs }) => dueMs <= this.nowMs).toSorted((a, b) => a.dueMs - b.dueMs)
    for (const each of due) {
      this.delayed.splice(this.delayed.indexOf(each), 1)
      this.place(each.item)
    }
    if (due.length > 0) this.vacated()
  }

  expire(items: readonly Item[]): void {
    const expired = items.filter(({ expiresAt }) => expiresAt <= this.nowMs)
    for (const item of expired) this.remove(item)
    if (expired.length > 0) this.vacated()
    for (const item of expired) this.end(item, 'expired')
  }

  /** What waited has left. */
  vacated(): void {
    while (this.producers.length > 0 && this.depth < this.settings.capacity) {
      const item = this.producers.shift() as Item
      this.told.set(-1 - item.id, 'in')
      this.admit(item)
    }
    this.watch()
    this.finish()
  }

  end(item: Item, how: Ending): void {
    this.endings.set(item.id, how)
    const { windowMs } = this.settings
    if (how === 'acked' && windowMs !== undefined) this.recent.set(item.key, this.nowMs + windowMs)
    this.watch()
    this.finish()
  }

  watch(): void {
    const isOver = (below: number): boolean =>
      this.depth < below || (below === DRAINED && this.depth + this.onLoan === 0)
    for (const { id, below } of this.watchers) if (isOver(below)) this.told.set(id, 'below')
    this.watchers = this.watchers.filter(({ below }) => !isOver(below))
  }

  clear(): number[] {
    const byDue = this.delayed.toSorted((a, b) => a.dueMs - b.dueMs).map(({ item }) => item)
    const items = [...this.lines.expedite, ...this.lines.standard, ...byDue]
    for (const item of items) this.remove(item)
    if (items.length > 0) this.vacated()
    for (const item of items) this.end(item, 'cleared')
    return items.map(({ id }) => id)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const { id } of this.producers.splice(0)) this.told.set(-1 - id, 'closed')
    this.finish()
  }

  /** The end of a retry delay wakes those that wait for an item; the end of a batch is its own. */
  advance(ms: number): void {
    this.nowMs += ms
    if (this.consumers.length > 0) this.placeDue()
    const [first] = this.consumers
    if (first && first.items.length > 0 && first.dueMs <= this.nowMs) this.complete(first)
  }

  finish(): void {
    if (!this.isClosed) return
    const [first] = this.consumers
    if (first && first.items.length > 0 && this.depth === 0) this.complete(first)
    if (this.depth > 0 || this.onLoan > 0) return
    for (const { id } of this.consumers.splice(0)) this.told.set(id, 'closed')
  }
}

/** A watcher's depth that stands for `whenDrained`. */
export const DRAINED = 0

function newControl(nowMs: number): Control {
  return { emptyUntil: nowMs, firstAbove: 0, isDropping: false, nextDrop: 0, count: 0, lastCount: 0 }
}
