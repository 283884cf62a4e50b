import type { BuildRequest } from './engine.ts'

/** Names that the engine's program reads itself: given in the environment they would change what it does. */
const readByTheProgram =
  /^(PATH|HOME|USER|TMPDIR|XDG_.*|DOCKER_.*|BUILDX?_.*|BUILDKIT_.*|CONTAINERS?_.*|LD_.*|DYLD_.*)$/

/**
 * What a build is started with. Values of build arguments go through the environment, where other users of the
 * machine cannot read them: `--build-arg NAME` without a value takes them from there.
 */
export const buildArguments = (
  request: BuildRequest,
): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } => {
  const named = Object.entries(request.args)
  const hidden = named.filter(([name]) => !readByTheProgram.test(name))
  return {
    args: [
      'build',
      '--file',
      request.file,
      '--tag',
      request.tag,
      ...Object.entries(request.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...named.flatMap(([name, value]) => ['--build-arg', readByTheProgram.test(name) ? `${name}=${value}` : name]),
      ...(request.target === undefined ? [] : ['--target', request.target]),
      ...(request.platform === undefined ? [] : ['--platform', request.platform]),
      request.context,
    ],
    // Attestations would make every image an index of two manifests, which node images cannot import whole (kind#3795).
    env: { ...Object.fromEntries(hidden), BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
  }
}
