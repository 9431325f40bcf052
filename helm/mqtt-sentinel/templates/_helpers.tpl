{{- define "sentinel.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "sentinel.serviceAccount" -}}
{{- .Values.serviceAccount.existingName | default (include "sentinel.fullname" .) -}}
{{- end -}}

{{/* Of one service: (dict "root" $ "service" "edge-broker") */}}
{{- define "sentinel.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "sentinel.labels" -}}
{{ include "sentinel.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "sentinel.image" -}}
{{- $image := .root.Values.image -}}
{{- $prefix := ternary (printf "%s/" $image.registry) "" (ne $image.registry "") -}}
{{- printf "%s%s/%s:%s" $prefix $image.repository .service ($image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{/* The environment variable that Micronaut reads as a property below sentinel.kafka.properties. */}}
{{- define "sentinel.kafkaProperty" -}}
SENTINEL_KAFKA_PROPERTIES_{{ . | upper | replace "." "_" | replace "-" "_" }}
{{- end -}}

{{/* Two variables from a Secret: (dict "credentials" … "prefix" "SENTINEL_REGISTRY") */}}
{{- define "sentinel.credentials" -}}
{{- with .credentials }}
{{- if .secretName }}
- name: {{ $.prefix }}_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ .secretName }}
      key: {{ .usernameKey }}
- name: {{ $.prefix }}_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .secretName }}
      key: {{ .passwordKey }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Behind the service's own options: what reads or writes its AOT cache. */}}
{{- define "sentinel.aotOption" -}}
{{- with .root.Values.aotCache -}}
{{- if .claimName }} -XX:AOTCache{{ if eq .mode "write" }}Output{{ end }}=/var/cache/sentinel/{{ $.service }}.aot{{ end -}}
{{- end -}}
{{- end -}}

{{/* Where it is: of a container, and of the pod. */}}
{{- define "sentinel.aotMount" -}}
{{- with .root.Values.aotCache }}
{{- if .claimName }}
- name: aot-cache
  mountPath: /var/cache/sentinel
  readOnly: {{ ne .mode "write" }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sentinel.aotVolume" -}}
{{- with .root.Values.aotCache }}
{{- if .claimName }}
- name: aot-cache
  persistentVolumeClaim:
    claimName: {{ .claimName }}
    readOnly: {{ ne .mode "write" }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What every service reads: (dict "root" $ "settings" .Values.edge) */}}
{{- define "sentinel.environment" -}}
{{- $values := .root.Values -}}
- name: SENTINEL_NODE_INSTANCE
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: SENTINEL_NODE_REGION
  value: {{ $values.region | quote }}
- name: SENTINEL_LOG_FORMAT
  value: {{ $values.logs.format | quote }}
- name: SENTINEL_LOG_LEVEL
  value: {{ $values.logs.level | quote }}
- name: MICRONAUT_SERVER_PORT
  value: "8080"
- name: JDK_JAVA_OPTIONS
  value: {{ printf "%s%s" .settings.jvmOptions (include "sentinel.aotOption" .) | quote }}
- name: SENTINEL_KAFKA_BOOTSTRAP_SERVERS
  value: {{ $values.kafka.bootstrapServers | quote }}
- name: SENTINEL_KAFKA_PARTITIONS
  value: {{ $values.kafka.partitions | int | quote }}
- name: SENTINEL_KAFKA_LANES
  value: {{ $values.kafka.lanes | int | quote }}
- name: SENTINEL_KAFKA_REPLICATION_FACTOR
  value: {{ $values.kafka.replicationFactor | int | quote }}
- name: SENTINEL_KAFKA_CLEARED_RETENTION
  value: {{ $values.kafka.clearedRetention | quote }}
{{- range $property, $value := $values.kafka.properties }}
- name: {{ include "sentinel.kafkaProperty" $property }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- range $values.kafka.secretProperties }}
- name: {{ include "sentinel.kafkaProperty" .property }}
  valueFrom:
    secretKeyRef:
      name: {{ .secretName }}
      key: {{ .secretKey }}
{{- end }}
- name: SENTINEL_REGISTRY_URL
  value: {{ $values.registry.url | quote }}
{{- include "sentinel.credentials" (dict "credentials" $values.registry.credentials "prefix" "SENTINEL_REGISTRY") }}
{{- end -}}

{{- define "sentinel.podAnnotations" -}}
{{- $annotations := dict -}}
{{- if .root.Values.metrics.annotations -}}
{{- $annotations = dict "prometheus.io/scrape" "true" "prometheus.io/port" "8080" "prometheus.io/path" "/prometheus" -}}
{{- end -}}
{{- with merge (deepCopy .settings.podAnnotations) $annotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* What the pods of all services have in common, apart from their containers and volumes. */}}
{{- define "sentinel.podSettings" -}}
serviceAccountName: {{ include "sentinel.serviceAccount" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "sentinel.selector" $ | nindent 8 }}
  {{- end }}
{{- with .settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What all containers have in common, apart from ports, environment and mounts. */}}
{{- define "sentinel.containerSettings" -}}
image: {{ include "sentinel.image" . | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
startupProbe:
  httpGet:
    path: /health/liveness
    port: http
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet:
    path: /health/liveness
    port: http
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet:
    path: /health/readiness
    port: http
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
resources:
  {{- toYaml .settings.resources | nindent 2 }}
{{- end -}}
