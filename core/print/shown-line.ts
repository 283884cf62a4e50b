/** A line that others wrote, for a terminal: colours stay where they are wanted, and nothing else of it steers the terminal. */
export const shownLine = (line: string, { colours }: { readonly colours: boolean }): string =>
  line
    .replaceAll(sequences, (sequence) => (colours && colour.test(sequence) ? sequence : ''))
    // The last of what was written over itself, such as a progress.
    .replace(/\r+$/, '')
    .replace(/^.*\r/, '')
    .replaceAll(controls, '')

// oxlint-disable no-control-regex -- that is what they are
const colour = /^\u001B\[[\d;:]*m$/
const sequences = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\|$)|[ -/]*[0-~])/g
// All but the tab and the escape of colours.
const controls = /[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F-\u009F]/g
