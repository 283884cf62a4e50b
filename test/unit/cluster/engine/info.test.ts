import { describe, expect, it } from 'vitest'
import { infoFrom } from '../../../../cluster/engine/info.ts'

const docker = {
  ServerVersion: '20.10.24',
  CgroupVersion: '1',
  NCPU: 2,
  MemTotal: 4096,
  Architecture: 'aarch64',
  SecurityOptions: ['name=seccomp,profile=default'],
  DriverStatus: [['Backing Filesystem', 'extfs']],
}

describe('infoFrom', () => {
  it('reads docker', () => {
    expect(infoFrom('docker', JSON.stringify(docker))).toEqual({
      version: '20.10.24',
      cgroupVersion: 1,
      cpus: 2,
      memoryBytes: 4096,
      architecture: 'arm64',
      rootless: false,
      containerdStore: false,
      buildContexts: false,
    })
  })

  it('tells a rootless one, and one that keeps its images in containerd', () => {
    const other = {
      ...docker,
      CgroupVersion: '2',
      SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
      DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']],
    }
    expect(infoFrom('docker', JSON.stringify(other))).toMatchObject({
      rootless: true,
      containerdStore: true,
      cgroupVersion: 2,
    })
  })

  it.each(['', 'template parsing error', 'null', '[1'])('does not understand «%s»', (text) => {
    expect(infoFrom('docker', text)).toHaveProperty('cause')
  })
})
