/** What answers with its environment and with a mounted file. Any argument: it ends when it is told to, and else only when it is killed. */
const program = `import os, sys, signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        body = (os.environ["SAYS"] + " " + open("/page/says").read()).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
if len(sys.argv) > 1: signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
ThreadingHTTPServer(("", 8080), Page).serve_forever()
`

/** How a pod takes it to be told to end: as a program without a handler does, or at once. */
export type Manner = 'deaf' | 'hears'

/** Deployment, Service, Ingress of `host`; it answers `ENV TEXT`. */
export const savedPage = (name: string, manner: Manner, host: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: web
          image: python:3.13-alpine
          command: ${JSON.stringify(['python', '-c', program, ...(manner === 'hears' ? ['hears'] : [])])}
          env: [{ name: SAYS, value: env-0 }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
          volumeMounts: [{ name: page, mountPath: /page }]
      volumes: [{ name: page, configMap: { name: ${name} } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { says: text-0 }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name} }
spec:
  rules: [{ host: ${host}, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] } }]
`
