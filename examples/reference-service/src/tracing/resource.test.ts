import { describe, expect, it } from 'vitest'
import { parseResourceAttributes } from './resource-attributes.ts'
import { resourceWith } from './resource.ts'

describe('the resource of spans', () => {
  it('is the SDK’s own with what is added', () => {
    expect(resourceWith({ 'service.name': 'tps-api', zone: 'a' }).attributes).toMatchObject({
      'service.name': 'tps-api',
      zone: 'a',
      'telemetry.sdk.language': 'nodejs',
    })
  })

  it('is read from OTEL_RESOURCE_ATTRIBUTES', () => {
    expect(parseResourceAttributes(' zone=a , name=caf%C3%A9,empty=,')).toEqual({ zone: 'a', name: 'café', empty: '' })
    expect(parseResourceAttributes('')).toEqual({})
  })

  it.each(['zone', '=a', 'zone=%'])('refuses %j', (text) => {
    expect(() => parseResourceAttributes(text)).toThrow(RangeError)
  })
})
