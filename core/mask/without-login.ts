/**
 * An address as it may be shown: without the name and the password, or the token, that logs in with it. The user of an
 * ssh address stays, since it is no secret and says where it leads.
 */
export const withoutLogin = (address: string): string =>
  /^ssh:/i.test(address)
    ? address.replace(/^(ssh:\/\/[^:@/]*):[^@/]*@/i, '$1@')
    : address.replace(/^([a-z0-9+.-]+:\/\/)?[^/?#]*@/i, '$1')
