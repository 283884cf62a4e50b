/** The container engines that can run nodes. How each is talked to: `cluster/engine/dialects.ts`. */
export const engineNames = ['docker', 'podman', 'nerdctl'] as const
export type EngineName = (typeof engineNames)[number]
