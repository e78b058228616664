import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

const WIDTH = 12

/** Writes what happens for somebody who reads along. */
export class Printer {
  readonly #out: NodeJS.WriteStream
  #step = 0

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`)
  }

  /** The next step, and what it shows. */
  step(title: string, says: string): void {
    this.line(`\n${this.#style('bold', `${++this.#step}  ${title}`)}`)
    this.say(says)
  }

  say(text: string): void {
    this.line(`   ${text}`)
  }

  /** What one would type. */
  command(text: string): void {
    this.line(`   ${this.#style('cyan', `$ ${text}`)}`)
  }

  /** Something that calls for attention, with its facts below each other. */
  alert(title: string, facts: readonly (readonly [name: string, value: string])[]): void {
    this.line(`   ${this.#style(['red', 'bold'], `ALERT  ${title}`)}`)
    for (const [name, value] of facts) this.line(`          ${name.padEnd(WIDTH)}${value}`)
  }

  /** The first row has the titles. Columns in `toTheRight` end in line. */
  table(rows: readonly (readonly string[])[], toTheRight: readonly number[]): void {
    const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
    for (const [index, row] of rows.entries()) {
      const cells = row.map((cell, column) =>
        toTheRight.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      this.line(`   ${this.#style(index === 0 ? 'bold' : 'reset', cells.join('   ').trimEnd())}`)
    }
  }

  /**
   * Shows how far something is. On a terminal the same line changes; elsewhere each tenth is written once. Call the result
   * with how much is done.
   */
  progress(what: string, total: number): (done: number) => void {
    let tenth = 0
    if (!this.#out.isTTY) this.#out.write(`   ${what}:`)
    return (done) => {
      if (this.#out.isTTY) {
        this.#out.write(`\r\u001B[2K   ${what}: ${count(done)}/${count(total)}`)
      } else {
        const next = Math.floor((done / total) * 10)
        if (next > tenth) this.#out.write(` ${count(done)}/${count(total)}`)
        tenth = next
      }
      if (done >= total) this.#out.write('\n')
    }
  }

  #style(format: Format, text: string): string {
    return styleText(format, text, { stream: this.#out })
  }
}

export const count = (value: number): string => Math.round(value).toLocaleString('en-US')

const write = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 })

/** With three digits that mean something, in ms or s. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${write(ms)} ms` : `${write(ms / 1_000)} s`
}
