/**
 * Files that editors put beside the one that is edited, for as long as that takes: vim's swap files and its test whether
 * it may write (`4913`), backups (`~`), Emacs' locks and autosaves, JetBrains' safe writes, gedit's streams.
 */
const passing = /^(?:\..*\.sw[a-px-z]|4913|.*~|\.#.*|#.*#|.*___jb_(?:tmp|old)___|\.goutputstream-.*|\.DS_Store)$/

/** Whether a file of that name is an editor's own: it is no save. */
export const isPassing = (name: string): boolean => passing.test(name)
