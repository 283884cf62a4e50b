/** Whether something is named by where the network has it, and not by a path. */
export const isAddress = (text: string): boolean => /^https?:\/\//i.test(text)

/** The digest that an address is pinned to: `https://…/x.yaml#sha256=<64 hex digits>`. */
export const pinOf = (address: string): string | undefined =>
  /#sha256=([0-9a-f]{64})$/i.exec(address)?.[1]?.toLowerCase()

/** The address without its pin, as it is asked for. */
export const unpinned = (address: string): string => address.replace(/#.*$/, '')

/** A part of an address as it is meant. A stray percent sign is what it is. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
