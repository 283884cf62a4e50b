import { masked } from './masked.ts'

/** What is a secret by how it looks, whoever said it: logins in addresses, tokens, keys. */
const looks: readonly (readonly [sign: RegExp, put: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '*** (a private key)'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s:/?#@'"]*:[^\s/?#@'"]+@/gi, '$1***@'],
  // Header, payload and signature of a token: a ServiceAccount's, a cloud's, a session's.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '***'],
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|npm_\w{30,}|dckr_pat_[\w-]{20,}|AKIA[0-9A-Z]{16})\b/g,
    '***',
  ],
  [/\b(authorization:\s*(?:basic|bearer)\s+)[^\s'"]+/gi, '$1***'],
  [/\b(bearer\s+)[\w.~+/-]{16,}=*/gi, '$1***'],
  // `password=…`, `"token": "…"`, `API_KEY: …`: the value of what is called a secret.
  [
    /(["']?\b[\w.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)["']?\s*[=:]\s*)(["']?)(?!["'\s{[]|\*\*\*|null\b|true\b|false\b)[^\s"',;}&]{4,}\2/gi,
    '$1***',
  ],
  // What kubeconfigs hold of keys.
  [/\b((?:client-key-data|client-certificate-data|token)"?:\s*"?)[\w+/=-]{16,}/g, '$1***'],
]

/** A text without the secrets that are known, and without what looks like one. */
export const redacted = (text: string, secrets: readonly string[]): string =>
  looks.reduce((shown, [sign, put]) => shown.replaceAll(sign, put), masked(text, secrets))
