import type { CommonFlags, SettingFlags } from '../../app/app.ts'

export type McpFlags = CommonFlags & SettingFlags & { readonly allowApply: boolean }
