/** One server that answers with the value of TEXT, at a port of its node. A change of the value makes another pod. */
const server = (text: string, nodePort: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: python:3.13-alpine
          command: [sh, -c, 'mkdir /page && printf %s "$TEXT" >/page/index.html && exec python -m http.server 8080 --directory /page']
          env: [{ name: TEXT, value: "${text}" }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, targetPort: 8080, nodePort: ${nodePort} }] }
`

export const servers = ['direct', 'argocd', 'flux', 'git-argocd', 'git-flux', 'git'] as const
type Server = (typeof servers)[number]
export type Way = Exclude<Server, 'git'>

/** Where the server of each way answers, and the git server: ports of the node. */
export const nodePorts: Readonly<Record<Server, number>> = {
  direct: 30_081,
  argocd: 30_082,
  flux: 30_083,
  'git-argocd': 30_084,
  'git-flux': 30_085,
  git: 30_086,
}

export const manifestsOf = (way: Way, text: string): string => server(text, nodePorts[way])

/** `hostPorts`: of this machine, by name. */
export const environmentFile = (name: string, hostPorts: typeof nodePorts): string => {
  const ports = servers.map((key) => `"${hostPorts[key]}:${nodePorts[key]}"`)
  return `name: ${name}
cluster:
  registry: true
  nodes: [{ role: control-plane, ports: [${ports.join(', ')}] }]
addons: { argocd: true, flux: true }
services:
  direct: { namespace: direct, deploy: { manifests: [./direct.yaml] } }
  argocd: { namespace: by-argocd, deploy: { manifests: [./argocd.yaml] }, gitops: argocd }
  flux: { namespace: by-flux, deploy: { manifests: [./flux.yaml] }, gitops: flux }
  git: { namespace: git, deploy: { manifests: [./git.yaml] } }
`
}

/** git over HTTP by its own program, and no more around it than that needs. */
const gateway = `import http.server, os, subprocess
class Git(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        said = {"GIT_PROJECT_ROOT": "/srv", "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "bench", "PATH_INFO": path, "QUERY_STRING": query,
            "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("content-type") or "", "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding") or "", "GIT_PROTOCOL": self.headers.get("git-protocol") or ""}
        head, _, answer = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, env={**os.environ, **said}).stdout.partition(b"\\r\\n\\r\\n")
        lines = [line.split(": ", 1) for line in head.decode().splitlines()]
        self.send_response(int(dict(lines).get("Status", "200").split()[0]))
        for key, value in lines:
            if key != "Status": self.send_header(key, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    do_POST = do_GET
subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "/srv/app.git"], check=True)
subprocess.run(["git", "-C", "/srv/app.git", "config", "http.receivepack", "true"], check=True)
http.server.ThreadingHTTPServer(("", 8080), Git).serve_forever()
`

/** A git server that takes pushes, of an image that has git and Python. */
export const gitServer = (image: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: gateway }
data:
  gateway.py: |
${gateway.replaceAll(/^(?=.)/gm, '    ')}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: git }
spec:
  selector: { matchLabels: { app: git } }
  template:
    metadata: { labels: { app: git } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: git
          image: ${image}
          command: [python3, /gateway/gateway.py]
          readinessProbe: { httpGet: { path: "/app.git/info/refs?service=git-upload-pack", port: 8080 }, periodSeconds: 1 }
          volumeMounts: [{ name: gateway, mountPath: /gateway }]
      volumes: [{ name: gateway, configMap: { name: gateway } }]
---
apiVersion: v1
kind: Service
metadata: { name: git }
spec: { type: NodePort, selector: { app: git }, ports: [{ port: 80, targetPort: 8080, nodePort: ${nodePorts.git} }] }
`

/** What people write to have both controllers follow that server, as their own documentation has it. */
export const followingObjects = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: git, namespace: argocd }
spec:
  project: default
  source: { repoURL: "http://git.git/app.git", path: argocd, targetRevision: main }
  destination: { server: "https://kubernetes.default.svc", namespace: git-argocd }
  syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: [CreateNamespace=true] }
---
apiVersion: v1
kind: Namespace
metadata: { name: git-flux }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: git, namespace: flux-system }
spec: { interval: 1m, url: "http://git.git.svc.cluster.local/app.git", ref: { branch: main } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: git, namespace: flux-system }
spec: { interval: 10m, path: ./flux, prune: true, targetNamespace: git-flux, sourceRef: { kind: GitRepository, name: git } }
`
