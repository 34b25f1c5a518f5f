{{- define "labels" -}}
app.kubernetes.io/name: provider-alb-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
