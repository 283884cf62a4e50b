/**
 * What the annotations of ingress-nginx may say, without their prefix, where a wrong word makes the controller leave the whole
 * Ingress out: read in internal/ingress/annotations of controller 1.15.1. Those that take almost any text are not here.
 */
const kinds: Readonly<Record<string, { readonly names: string; readonly fits: RegExp; readonly says: string }>> = {
  switch: {
    names: `auth-always-set-cookie auth-keepalive-share-vars auth-tls-pass-certificate-to-upstream canary
      cors-allow-credentials disable-proxy-intercept-errors enable-access-log enable-cors enable-global-auth
      enable-modsecurity enable-opentelemetry enable-owasp-core-rules enable-rewrite-log force-ssl-redirect
      http2-push-preload opentelemetry-trust-incoming-span preserve-trailing-slash service-upstream
      session-cookie-change-on-failure session-cookie-conditional-samesite-none session-cookie-secure ssl-passthrough
      ssl-prefer-server-ciphers ssl-redirect upstream-hash-by-subset use-port-in-redirects use-regex`,
    fits: /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/,
    says: 'true or false',
  },
  number: {
    names: `auth-keepalive auth-keepalive-requests auth-keepalive-timeout auth-tls-verify-depth canary-weight
      canary-weight-total cors-max-age limit-burst-multiplier limit-connections limit-rate limit-rate-after limit-rpm
      limit-rps proxy-buffers-number proxy-connect-timeout proxy-next-upstream-timeout proxy-next-upstream-tries
      proxy-read-timeout proxy-send-timeout proxy-ssl-verify-depth upstream-hash-by-subset-size`,
    fits: /^[+-]?\d+$/,
    says: 'a whole number, without a unit',
  },
  size: {
    names: `client-body-buffer-size proxy-body-size proxy-buffer-size proxy-busy-buffers-size
      proxy-max-temp-file-size`,
    fits: /^ *\d[\d ]*[bkmg]? *$/i,
    says: 'a size such as 8m',
  },
  onOff: {
    names: 'mirror-request-body proxy-buffering proxy-request-buffering proxy-ssl-server-name proxy-ssl-verify',
    fits: /^ *(?:on|off) *$/,
    says: 'on or off',
  },
  target: {
    names: 'app-root rewrite-target',
    fits: /^[-._~a-zA-Z0-9/:$]*$/,
    says: 'a path of letters, digits and - . _ ~ / : $',
  },
}

const rules = new Map(
  Object.values(kinds).flatMap(({ names, fits, says }) =>
    names.split(/\s+/).map((name) => [name, { fits, says }] as const),
  ),
)

/** What the annotation takes, where that is not what it says. Empty values are never looked at. */
export const mistakeIn = (name: string, value: string): string | undefined => {
  const rule = rules.get(name)
  return rule === undefined || value === '' || rule.fits.test(value) ? undefined : rule.says
}
