/** What is saved, each in a service of its own: how it gets into the cluster, and where it answers on its node. */
export const ways = {
  python: 30_081,
  node: 30_082,
  built: 30_083,
  large: 30_084,
} as const
export type Way = keyof typeof ways

/** The file that is saved. */
export const sourceOf = (way: Way): string => (way === 'node' ? 'main.mjs' : 'main.py')

const manifests = (way: Way): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${way} }
spec:
  selector: { matchLabels: { app: ${way} } }
  template:
    metadata: { labels: { app: ${way} } }
    spec:
      containers:
        - name: web
          image: bench/${way}
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: ${way} }
spec: { type: NodePort, selector: { app: ${way} }, ports: [{ port: 80, targetPort: 8080, nodePort: ${ways[way]} }] }
`

/** Begins again when its own file is another, as servers for development do. */
const reloading = `import os, sys, threading, time
def follow(at=os.stat(__file__).st_mtime_ns):
    while os.stat(__file__).st_mtime_ns == at: time.sleep(0.05)
    os.execv(sys.executable, [sys.executable, *sys.argv])
threading.Thread(target=follow, daemon=True).start()
`

const python = (text: string, more = ''): string => `import http.server, signal, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"${text}")
    def log_message(self, *_): pass
${more}signal.signal(signal.SIGTERM, lambda *_: sys.exit())
http.server.ThreadingHTTPServer(("", 8080), Page).serve_forever()
`

const node = (text: string): string => `import { createServer } from 'node:http'
createServer((_, response) => response.end('${text}')).listen(8080)
`

/** The file that is saved, with that text to answer. */
export const programOf = (way: Way, text: string): string =>
  way === 'node' ? node(text) : python(text, way === 'python' ? reloading : '')

const dockerfileOf = (way: Way, nodeImage: string): string =>
  way === 'node'
    ? `FROM ${nodeImage}\nCOPY main.mjs /app/\nCMD ["node", "--watch", "/app/main.mjs"]\n`
    : `FROM python:3.13-alpine\n${way === 'large' ? 'RUN dd if=/dev/urandom of=/large bs=1M count=1000\n' : ''}COPY main.py /app/\nCMD ["python", "/app/main.py"]\n`

/** Everything of the environment, by path in its folder. */
export const filesOf = (
  name: string,
  hostPorts: Readonly<Record<Way, number>>,
  nodeImage: string,
): readonly (readonly [path: string, text: string])[] => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own keys
  const all = Object.keys(ways) as readonly Way[]
  const ports = all.map((way) => `"${hostPorts[way]}:${ways[way]}"`)
  const services = all.map(
    (way) =>
      `  ${way}: { image: { build: ./${way}, name: bench/${way} }, deploy: { manifests: [./${way}.yaml] }${way === 'python' || way === 'node' ? ', sync: auto' : ''} }\n`,
  )
  return [
    [
      'kindup.yaml',
      `name: ${name}\ncluster:\n  nodes: [{ role: control-plane, ports: [${ports.join(', ')}] }]\nservices:\n${services.join('')}`,
    ],
    ...all.flatMap((way): readonly (readonly [string, string])[] => [
      [`${way}.yaml`, manifests(way)],
      [`${way}/Dockerfile`, dockerfileOf(way, nodeImage)],
      [`${way}/${sourceOf(way)}`, programOf(way, 'first')],
    ]),
  ]
}
