/** Whether something is named by where the network has it, and not by a path. */
export const isAddress = (text: string): boolean => /^https?:\/\//i.test(text)

/** The digest that an address is pinned to: `https://…/x.yaml#sha256=<64 hex digits>`. */
export const pinOf = (address: string): string | undefined =>
  /#sha256=([0-9a-f]{64})$/i.exec(address)?.[1]?.toLowerCase()

/** The address without its pin, as it is asked for. */
export const unpinned = (address: string): string => address.replace(/#.*$/, '')
