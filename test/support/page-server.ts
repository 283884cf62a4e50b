/** A web server whose page is the key `index.html` of ConfigMap `page`, and its Service `web`. */
export const pageServer = `apiVersion: apps/v1
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
          command: [python, -m, http.server, "8080", --directory, /page]
          readinessProbe: { httpGet: { path: /index.html, port: 8080 }, periodSeconds: 1 }
          volumeMounts: [{ name: page, mountPath: /page }]
      volumes: [{ name: page, configMap: { name: page } }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`
