import { expect, it } from 'vitest'
import { junitOf } from '../../../../app/ci/junit.ts'
import type { SmokeResult } from '../../../../services/smoke/smoke.ts'

const passed: SmokeResult = {
  step: 'service/web@dev',
  name: 'GET /health',
  url: 'http://web.localhost/health?a=1&b=2',
  ok: true,
  status: 200,
  ms: 1234,
}

it('is a suite a step, and a case a test, with what is at fault', () => {
  const failed = { ...passed, ok: false, message: 'answered 500: "<b>no</b>"\nand more', ms: 6 }
  const other = { ...passed, step: 'service/db@dev', name: 'tcp 5432', url: 'tcp://127.0.0.1:5432', ms: 0 }
  expect(junitOf('shop', [passed, other, failed])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop" tests="3" failures="1" time="1.240">
  <testsuite name="service/web@dev" tests="2" failures="1" time="1.240">
    <testcase classname="service/web@dev" name="GET /health (http://web.localhost/health?a=1&amp;b=2)" time="1.234"/>
    <testcase classname="service/web@dev" name="GET /health (http://web.localhost/health?a=1&amp;b=2)" time="0.006">
      <failure message="answered 500: &quot;&lt;b&gt;no&lt;/b&gt;&quot;&#10;and more"/>
    </testcase>
  </testsuite>
  <testsuite name="service/db@dev" tests="1" failures="0" time="0.000">
    <testcase classname="service/db@dev" name="tcp 5432 (tcp://127.0.0.1:5432)" time="0.000"/>
  </testsuite>
</testsuites>
`)
})

it('leaves out what XML cannot hold', () => {
  const xml = junitOf('shop', [{ ...passed, ok: false, message: '\u001B[31mred\u0000 \uD83D half \uFFFF ✓' }])
  expect(xml).toContain('<failure message="[31mred \uFFFD half  ✓"/>')
})

it('has a root without tests, too', () => {
  expect(junitOf('shop', [])).toContain('<testsuites name="shop" tests="0" failures="0" time="0.000"/>')
})
