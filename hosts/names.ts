/** Lower-case DNS names: labels of letters, digits and inner hyphens, the last one no number (that would be an address). */
const hostName =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export const isHostName = (text: string): boolean => hostName.test(text)

/** What kind takes as a cluster's name. */
export const isClusterName = (text: string): boolean => /^[a-z0-9][a-z0-9.-]{0,62}$/.test(text)

/**
 * Top-level domains beyond the countries' (all of those have two letters) that are delegated and met in practice. The
 * whole list has 1,400 names and changes every month; a name that is missing here is merely written to the hosts file.
 */
const delegated = new Set(
  `academy actor aero agency ai app apple art asia auto aws band bank bar beer berlin best bet bike bingo biz black blog
  blue boutique box build builders business buzz cab cafe cam camp capital car cards care career careers casa cash casino
  cat center ceo chat church city claims cleaning click clinic cloud club codes coffee college com community company
  computer consulting contact cool coop cooking country coupons courses credit cricket cyou dance data date day deals
  delivery dental design dev diamonds diet digital direct directory discount dog domains download earth eco edu education
  email energy engineer engineering equipment estate events exchange expert express fail faith family fan fans farm
  fashion finance financial fish fit fitness flights foo football forum foundation fun fund fyi gallery game games garden
  gift gifts gives glass global gmbh gold golf google gov graphics gratis green group guide guru haus health healthcare
  help here hiphop hockey holdings holiday homes horse hospital host hosting hotel house how icu inc industries info ink
  institute insure int international investments jewelry jobs kitchen land law lawyer lease legal lgbt life lighting
  limited limo link live llc loan loans lol london love ltd luxury management market marketing markets mba media memorial
  men miami microsoft mil mobi moda moe money monster movie museum name net network new news ngo ninja now nyc observer
  one ong online ooo org page paris partners parts party pet phd photo photography photos pics pink pizza place plumbing
  plus poker porn post press pro productions prof promo properties property pub qpon quest racing radio realty recipes red
  rehab rent rentals repair report republican rest restaurant review reviews rip rocks run sale salon save school science
  search security select services sex shoes shop show site ski skin soccer social software solar solutions space sport
  sports spot store stream studio study style supplies supply support surf surgery swiss systems tax taxi team tech
  technology tel tennis theater tickets tips tires today tokyo tools top tours town toys trade trading training travel tube
  tv university uno vacations vegas ventures vet video villas vin vip vision vodka vote voyage watch weather web webcam
  website wedding wiki win wine work works world wow wtf xxx xyz yoga you zip zone`
    .trim()
    .split(/\s+/),
)

/** Whether the public DNS may know the name: its last label is delegated. `web`, `a.local`, `a.test`, `a.localhost` are not. */
export const isPublicName = (host: string): boolean => {
  const labels = host.split('.')
  const last = labels.at(-1) ?? ''
  return labels.length > 1 && (/^[a-z]{2}$/.test(last) || last.startsWith('xn--') || delegated.has(last))
}

/** The names that go into the hosts file, and those that do not with the reason. */
export const selectHosts = (
  hosts: readonly string[],
  extra: readonly string[],
): {
  readonly write: readonly string[]
  readonly leftOut: readonly { readonly host: string; readonly why: string }[]
} => {
  const asked = new Set(extra.map((host) => host.toLowerCase()))
  const all = [...new Set([...hosts.map((host) => host.toLowerCase()), ...asked])].filter(
    (host) => host !== 'localhost',
  )
  const reason = (host: string): string | undefined => {
    if (host.includes('*')) return 'a hosts file holds no wildcards; name the hosts you need under hosts.extra'
    if (!isHostName(host)) return 'it is no DNS name'
    if (isPublicName(host) && !asked.has(host))
      return 'it is a public name; name it under hosts.extra if it should lead to this machine'
    return undefined
  }
  return {
    write: all.filter((host) => reason(host) === undefined).toSorted(),
    leftOut: all.flatMap((host) => {
      const why = reason(host)
      return why === undefined ? [] : [{ host, why }]
    }),
  }
}
