/** Architectures that container engines know, with the names that other programs give them. */
const known: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64', 'x86-64', 'x64'],
  arm64: ['aarch64', 'armv8'],
  arm: ['armhf', 'armv7', 'armv6'],
  '386': ['i386', 'x86'],
  ppc64le: [],
  s390x: [],
  riscv64: [],
  loong64: [],
  mips64le: [],
}

/** Why no node of kind can run what is built for a platform, with what to write; undefined: one may. */
export const platformTrouble = (text: string): { readonly why: string; readonly hint: string } | undefined => {
  const all = Object.keys(known)
  const like = all.find((name) => name === text || known[name]?.includes(text))
  const hint = 'For example: platform: linux/arm64'
  if (text.includes(',')) return { why: 'nodes run one platform', hint: `Take one: platform: ${text.split(',')[0]}` }
  if (like !== undefined) return { why: 'it says no operating system', hint: `Write it whole: platform: linux/${like}` }
  const [os = '', architecture = '', variant, ...more] = text.split('/')
  if (os !== 'linux') return { why: `nodes run Linux, and that is for ${JSON.stringify(os)}`, hint }
  if (!all.includes(architecture)) {
    const meant = all.find((name) => known[name]?.includes(architecture))
    return {
      why:
        architecture === ''
          ? 'it says no architecture'
          : `${JSON.stringify(architecture)} is none of ${all.join(', ')}`,
      hint: meant === undefined ? hint : `Did you mean linux/${meant}?`,
    }
  }
  if (more.length > 0 || (variant !== undefined && !/^v\d+$/.test(variant)))
    return { why: 'behind the architecture comes a variant such as v7, or nothing', hint }
  return undefined
}
