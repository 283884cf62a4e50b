/**
 * For helm and kubectl in tests: programs in Go that live for 100 ms and collect no garbage take a quarter less for it,
 * and 700 of them are started.
 */
export const cheapGo = { GOGC: 'off', GOMEMLIMIT: '1GiB' } as const
