import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A chart's archive, with one ConfigMap and enough bytes that a connection can break in the middle. */
export const madeChart = (name: string, version: string): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'kindup-chart-'))
  try {
    mkdirSync(join(folder, name, 'templates'), { recursive: true })
    writeFileSync(join(folder, name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: ${version}\n`)
    writeFileSync(
      join(folder, name, 'templates', 'settings.yaml'),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { chart: "${name}-${version}" }\n`,
    )
    execFileSync('tar', ['-czf', join(folder, 'chart.tgz'), '-C', folder, name])
    return readFileSync(join(folder, 'chart.tgz'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
