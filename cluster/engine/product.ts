/** What an engine says of itself, as far as it tells who made it. */
export type Said = {
  readonly operatingSystem?: string | undefined
  readonly name?: string | undefined
  readonly kernel?: string | undefined
  readonly context?: string | undefined
}

type Product = {
  readonly product: string
  readonly is: (said: Required<{ [K in keyof Said]: string }>) => boolean
}

/** Rancher Desktop before lima, and Colima before it too: both are Linux guests that lima runs. */
const products: readonly Product[] = [
  { product: 'Docker Desktop', is: ({ operatingSystem }) => operatingSystem.startsWith('Docker Desktop') },
  { product: 'OrbStack', is: ({ operatingSystem, name }) => operatingSystem === 'OrbStack' || name === 'orbstack' },
  {
    product: 'Rancher Desktop',
    is: ({ operatingSystem, name, context }) =>
      operatingSystem.startsWith('Rancher Desktop') || name === 'lima-rancher-desktop' || context === 'rancher-desktop',
  },
  {
    product: 'Colima',
    is: ({ name, context }) => /^colima(-|$)/.test(name) || /^colima(-|$)/.test(context),
  },
  { product: 'lima', is: ({ name, context }) => name.startsWith('lima-') || context.startsWith('lima-') },
]

/** Who made the engine, and whether it is a guest of this machine; nothing for a daemon of the system itself. */
export const productOf = (said: Said, platform: string): { readonly product?: string; readonly virtual?: boolean } => {
  const { operatingSystem = '', name = '', kernel = '', context = '' } = said
  const found = products.find(({ is }) => is({ operatingSystem, name, kernel, context }))?.product
  // A daemon inside the distribution that kindup runs in shares its kernel; Windows and macOS have none of their own.
  if (found !== undefined) return { product: found, virtual: true }
  if (/microsoft/i.test(kernel) && platform === 'linux') return { product: 'WSL2' }
  return platform === 'linux' ? {} : { virtual: true }
}
