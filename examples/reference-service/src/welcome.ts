/** What a person who started the service by hand wants to know first. */
export function welcome(url: string): string {
  return `
  The TPS reference service is running.

    Board      ${url}/
    Traces     ${url}/traces
    Readings   ${url}/status    ${url}/health    ${url}/metrics    ${url}/info

  Send the first signal:

    curl -X POST ${url}/signal -H 'Content-Type: application/json' \\
      -d '{"signal_type":"execute","payload":{"task":"hello-world"}}'

  Break the downstream, watch the lamp, and mend it:

    curl -X PATCH ${url}/admin/config -H 'Content-Type: application/json' -d '{"downstream_enabled":false}'
    curl -X PATCH ${url}/admin/config -H 'Content-Type: application/json' -d '{"downstream_enabled":true}'

  Ctrl+C drains and stops it.

`
}
