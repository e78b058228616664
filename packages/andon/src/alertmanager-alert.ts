import type { Alert } from './alert.ts'
import type { Labels } from './labels.ts'

/** An alert as `POST /api/v2/alerts` takes it. */
export interface PostedAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** What every alert is given on its way to an Alertmanager. */
export interface AlertmanagerLook {
  readonly labels: Labels
  readonly severities: Readonly<Record<Alert['severity'], string>>
  readonly generatorUrl: string | undefined
}

/** Labels that are ours to set. One of the alert's own keeps its value under the name that Prometheus would give it. */
const EXPORTED: Readonly<Record<string, string>> = { alertname: 'exported_alertname', severity: 'exported_severity' }

/** What the alert is recognized by at the Alertmanager: the same for the same alert, so that a resolve finds it. */
export function postedLabels({ rule, severity, labels }: Alert, look: AlertmanagerLook): Labels {
  const posted: Record<string, string> = { ...look.labels }
  for (const [name, value] of Object.entries(labels)) posted[EXPORTED[name] ?? name] = value
  return { ...posted, alertname: rule, severity: look.severities[severity] }
}

/** The alert as it is posted. It is over at `endsAtMs`, in ms since 1970: a firing one unless it is posted again. */
export function postedAlert(alert: Alert, labels: Labels, endsAtMs: number, look: AlertmanagerLook): PostedAlert {
  const { summary, description, condition, value, acknowledgedBy } = alert
  // Alertmanager refuses an alert that ends before it starts, as one does whose wall clock was set back.
  const startsAtMs = Math.min(Date.parse(alert.startsAt ?? alert.activeSince), endsAtMs)
  return {
    labels,
    annotations: {
      summary,
      description,
      condition,
      value: value === null ? 'no data' : `${value}`,
      ...(acknowledgedBy !== undefined && { acknowledgedBy }),
    },
    startsAt: new Date(startsAtMs).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    ...(look.generatorUrl !== undefined && { generatorURL: look.generatorUrl }),
  }
}
