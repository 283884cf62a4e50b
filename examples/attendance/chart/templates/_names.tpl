{{- define "attendance.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "attendance.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "attendance.image" -}}
{{ .Values.image.repository }}:{{ required "image.tag is missing" .Values.image.tag }}
{{- end }}

{{- define "attendance.login" -}}
- name: DATABASE_HOST
  value: {{ .Release.Name }}-database
- name: DATABASE_NAME
  value: {{ .Values.database.name }}
- name: DATABASE_USER
  valueFrom:
    secretKeyRef: { name: {{ required "database.secret is missing" .Values.database.secret }}, key: username }
- name: DATABASE_PASSWORD
  valueFrom:
    secretKeyRef: { name: {{ .Values.database.secret }}, key: password }
{{- end }}

{{- define "attendance.unprivileged" -}}
runAsNonRoot: true
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
{{- end }}
