// Loaded into a process before anything else. When it goes on after SIGSTOP, so many hours have passed as
// KINDUP_TEST_SLEPT_HOURS says: the clock on the wall jumps, and that of `performance.now()` stands still, as on a laptop that slept.
const slept = Number(process.env.KINDUP_TEST_SLEPT_HOURS) * 3_600_000
const RealDate = Date
let ahead = 0
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + ahead)
    else super(...args)
  }

  static now() {
    return RealDate.now() + ahead
  }
}
process.on('SIGCONT', () => {
  ahead = slept
})
