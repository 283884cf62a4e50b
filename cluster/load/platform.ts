import coerce from 'semver/functions/coerce.js'
import type { Engine, EngineInfo } from '../engine/engine.ts'

/** `docker save --platform` came with 28. */
export const canSaveOnePlatform = (engine: Engine, { version }: EngineInfo): boolean =>
  engine.name !== 'docker' || (coerce(version)?.major ?? 0) >= 28

/** The platform that an archive of the engine has to name, where it may hold others. */
export const platformToSave = async (engine: Engine): Promise<string | undefined> => {
  const info = await engine.info()
  return info.containerdStore && canSaveOnePlatform(engine, info) ? `linux/${info.architecture}` : undefined
}
