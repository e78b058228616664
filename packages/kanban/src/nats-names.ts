/** What the streams, subjects and consumers of a queue are called on the server. */
export class Names {
  /** The stream with the items. */
  readonly stream: string
  /** The stream with the dead letters. */
  readonly deadStream: string
  /** The stream with what the server says about items that it gave up. */
  readonly advisoryStream: string
  /** Every item's subject matches this. */
  readonly subjects: string
  readonly deadSubject: string
  readonly advisorySubjects: readonly string[]
  /** What the subject of every request to JetStream begins with. */
  readonly api: string

  constructor(name: string, domain: string | undefined) {
    this.stream = name
    this.deadStream = `${name}-dead`
    this.advisoryStream = `${name}-advisories`
    this.subjects = `kanban.${name}.*`
    this.deadSubject = `kanban-dead.${name}`
    this.advisorySubjects = ['MAX_DELIVERIES', 'MSG_TERMINATED'].map(
      (kind) => `$JS.EVENT.ADVISORY.CONSUMER.${kind}.${name}.*`,
    )
    this.api = domain === undefined ? '$JS.API' : `$JS.${domain}.API`
  }

  /** What items of a class are published to. The consumer of a class has the name of the class. */
  subject(className: string): string {
    return this.subjects.replace('*', className)
  }

  /** What asks the consumer of a class for messages. */
  pull(stream: string, consumer: string): string {
    return `${this.api}.CONSUMER.MSG.NEXT.${stream}.${consumer}`
  }
}
