import { describe, expect, it } from 'vitest'
import { causeIn } from '../../../../cluster/kind/causes.ts'

describe('causeIn', () => {
  it.each([
    [
      'port-taken',
      /Port 18777 of 127\.0\.0\.1 .*another program/,
      'docker: Error response from daemon: driver failed programming external connectivity on endpoint x (1): Error starting userland proxy: listen tcp4 127.0.0.1:18777: bind: address already in use',
    ],
    [
      'port-taken',
      /Port 80 of 127\.0\.0\.1 .*another container/,
      'docker: Error response from daemon: driver failed programming external connectivity on endpoint x (1): Bind for 127.0.0.1:80 failed: port is already allocated.',
    ],
    [
      'port-taken',
      /Port 80 of 127\.0\.0\.1/,
      'docker: Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:80 -> 127.0.0.1:0: bind: An attempt was made to access a socket in a way forbidden',
    ],
    [
      'port-privileged',
      /port 80/,
      "Error: rootlessport cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024)",
    ],
    [
      'no-kernel-modules',
      /no folder \/lib\/modules/,
      'Command Output: Error: statfs /lib/modules: no such file or directory',
    ],
    [
      'image-unavailable',
      /kindest\/node:v1\.99\.0 cannot be pulled/,
      'ERROR: failed to create cluster: failed to pull image "kindest/node:v1.99.0": command "docker pull" failed with error: exit status 1',
    ],
    ['name-taken', /demo/, 'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "demo"'],
    [
      'too-many-open-files',
      /too many open files/,
      'Failed to allocate manager object: Too many open files\nx: too many open files',
    ],
    [
      'cgroup-v1',
      /cgroup v1/,
      'E1120 run.go:72] "command failed" err="kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed"',
    ],
    [
      'rootless',
      /rootless/i,
      'ERROR: running kind with rootless provider requires cgroup v2, see https://kind.sigs.k8s.io',
    ],
    ['disk-full', /disk/, 'write /var/lib/docker/x: no space left on device'],
    [
      'kind-refused',
      /document/,
      'ERROR: failed to create cluster: unable to decode config: yaml: unmarshal errors:\n  line 2: field networkin not found in type v1alpha4.Cluster',
    ],
    [
      'node-did-not-boot',
      /did not boot/,
      'ERROR: could not find a log line that matches "Reached target .*Multi-User System.*"',
    ],
  ])('knows %s', (code, message, text) => {
    const cause = causeIn(`Creating cluster "demo" ...\n ✗ Preparing nodes\n${text}\nand more`)
    expect(cause).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(cause?.hints.length).toBeGreaterThan(0)
    expect(cause?.lines[0]).not.toContain('Creating cluster')
  })

  it('shows with it what the program that failed has said', () => {
    expect(causeIn('failed to pull image "x": command failed\nCommand Output: no such host\n\nStack')?.lines).toEqual([
      'failed to pull image "x": command failed',
      'Command Output: no such host',
      'Stack',
    ])
  })

  it('does not guess', () => {
    expect(causeIn('ERROR: failed to create cluster: something new')).toBeUndefined()
  })
})
