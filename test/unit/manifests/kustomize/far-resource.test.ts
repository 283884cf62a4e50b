import { describe, expect, it } from 'vitest'
import { farResource } from '../../../../manifests/kustomize/far-resource.ts'

// As kubectl 1.36.4 said them on a machine without a network, in one line each.
const repository =
  "accumulating resources: accumulation err='accumulating resources from 'github.com/BuoyantIO/emojivoto/kustomize/deployment': evalsymlink failure on '/home/me/shop/github.com/BuoyantIO/emojivoto/kustomize/deployment' : lstat /home/me/shop/github.com: no such file or directory': failed to run '/usr/bin/git fetch --depth=1 https://github.com/BuoyantIO/emojivoto HEAD': fatal: unable to access 'https://github.com/BuoyantIO/emojivoto/': Could not resolve host: github.com : exit status 128"
const page =
  "accumulating resources: accumulation err='accumulating resources from 'https://raw.example.com/istio/samples/bookinfo.yaml': Get \"https://raw.example.com/istio/samples/bookinfo.yaml\": dial tcp: lookup raw.example.com on 10.0.0.53:53: no such host': failed to run '/usr/bin/git fetch --depth=1 https://raw.example.com/istio/samples HEAD': fatal: unable to access 'https://raw.example.com/istio/samples/': Could not resolve host: raw.example.com : exit status 128"

describe('what kustomize did not get from the network', () => {
  it('is a repository, with what git said', () => {
    expect(farResource(repository)).toEqual({
      resource: 'github.com/BuoyantIO/emojivoto/kustomize/deployment',
      why: "unable to access 'https://github.com/BuoyantIO/emojivoto/': Could not resolve host: github.com.",
      command: 'git ls-remote https://github.com/BuoyantIO/emojivoto',
    })
  })

  it('is a page, with what was answered for it rather than what git said of its folder', () => {
    expect(farResource(page)).toEqual({
      resource: 'https://raw.example.com/istio/samples/bookinfo.yaml',
      why: 'dial tcp: lookup raw.example.com on 10.0.0.53:53: no such host.',
      command: 'curl -fsS -o /dev/null https://raw.example.com/istio/samples/bookinfo.yaml',
    })
  })

  it('is none where a file is not there, whatever it is called', () => {
    expect(
      farResource(
        "accumulating resources: accumulation err='accumulating resources from 'github.yaml': open /home/me/shop/github.yaml: no such file or directory'",
      ),
    ).toBeUndefined()
  })
})
