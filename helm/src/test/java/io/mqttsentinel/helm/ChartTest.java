package io.mqttsentinel.helm;

import static io.mqttsentinel.helm.Manifests.at;
import static io.mqttsentinel.helm.Manifests.component;
import static io.mqttsentinel.helm.Manifests.containers;
import static io.mqttsentinel.helm.Manifests.list;
import static io.mqttsentinel.helm.Manifests.map;
import static io.mqttsentinel.helm.Manifests.podSpec;
import static io.mqttsentinel.helm.Manifests.valuesFile;
import static io.mqttsentinel.helm.Manifests.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart, linted, rendered with several values, and refusing bad ones. */
class ChartTest {

  private static final Set<String> STREAMS =
      Set.of(
          "pattern-matcher",
          "anomaly-detector",
          "auth-verifier",
          "event-aggregator",
          "fanout-delivery");

  static Stream<Manifests> renderings() {
    return Stream.of(
        Manifests.render(null),
        Manifests.render(valuesFile("full")),
        Manifests.render(valuesFile("devices-only")),
        Manifests.render(valuesFile("smallest")));
  }

  @Test
  void lintsStrictly() {
    LintResult result = new Helm(Manifests.CHART).lint().strict().call();
    assertFalse(result.isFailed(), String.join("\n", result.getMessages()));
  }

  @Test
  void everyServiceIsThere() {
    Set<String> expected = new HashSet<>(STREAMS);
    expected.addAll(Set.of("edge-broker", "ingest-bridge"));
    assertEquals(expected, components(Manifests.render(null)));
    expected.remove("ingest-bridge");
    assertEquals(expected, components(Manifests.render(valuesFile("devices-only"))));
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void everyContainerIsProbedBoundedAndConfined(Manifests manifests) {
    for (Map<String, Object> workload : manifests.workloads()) {
      String who = component(workload);
      assertEquals(1, containers(workload).size(), who);
      Map<String, Object> container = containers(workload).getFirst();
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        String path = probe.equals("readinessProbe") ? "/health/readiness" : "/health/liveness";
        assertEquals(path, at(container, probe, "httpGet", "path"), who + " " + probe);
        assertEquals("http", at(container, probe, "httpGet", "port"), who + " " + probe);
      }
      assertTrue(
          list(container.get("ports")).stream()
              .anyMatch(p -> p.get("name").equals("http") && p.get("containerPort").equals(8080)),
          who);
      for (String resource : List.of("cpu", "memory")) {
        assertNotNull(at(container, "resources", "requests", resource), who + " " + resource);
      }
      assertNotNull(at(container, "resources", "limits", "memory"), who);
      assertEquals(false, at(container, "securityContext", "allowPrivilegeEscalation"), who);
      assertEquals(true, at(container, "securityContext", "readOnlyRootFilesystem"), who);
      assertEquals(true, at(container, "securityContext", "runAsNonRoot"), who);
      assertEquals(List.of("ALL"), at(container, "securityContext", "capabilities", "drop"), who);
      Map<String, Object> pod = podSpec(workload);
      assertEquals(true, at(pod, "securityContext", "runAsNonRoot"), who);
      assertEquals("RuntimeDefault", at(pod, "securityContext", "seccompProfile", "type"), who);
      assertEquals(false, pod.get("automountServiceAccountToken"), who);
      assertNotNull(pod.get("terminationGracePeriodSeconds"), who);
    }
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void everyImageHasATag(Manifests manifests) {
    for (Map<String, Object> workload : manifests.workloads()) {
      String image = (String) containers(workload).getFirst().get("image");
      assertTrue(
          image.matches(".*/" + component(workload) + ":[0-9][A-Za-z0-9._-]*"),
          image + " of " + component(workload));
    }
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void secretsOnlyComeFromExistingSecrets(Manifests manifests) {
    assertEquals(0, manifests.ofKind("Secret").count());
    for (Map<String, Object> workload : manifests.workloads()) {
      for (Map<String, Object> variable : list(containers(workload).getFirst().get("env"))) {
        String name = (String) variable.get("name");
        if (name.matches(".*(PASSWORD|JAAS|TOKEN|CREDENTIAL).*")) {
          assertNotNull(
              at(variable, "valueFrom", "secretKeyRef", "name"), component(workload) + " " + name);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void whatIsWrittenHasAPlaceOnAReadOnlyFileSystem(Manifests manifests) {
    for (Map<String, Object> workload : manifests.workloads()) {
      Set<Object> mounts =
          list(containers(workload).getFirst().get("volumeMounts")).stream()
              .map(mount -> mount.get("mountPath"))
              .collect(Collectors.toSet());
      assertTrue(mounts.contains("/tmp"), component(workload));
      if (STREAMS.contains(component(workload))) {
        Object state = variable(workload, "SENTINEL_STREAMS_STATE_DIRECTORY").get("value");
        assertTrue(mounts.contains(state), component(workload));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void selectorsFindTheirPods(Manifests manifests) {
    for (Map<String, Object> workload : manifests.workloads()) {
      Map<String, Object> selector = map(at(workload, "spec", "selector", "matchLabels"));
      Map<String, Object> labels = map(at(workload, "spec", "template", "metadata", "labels"));
      assertTrue(labels.entrySet().containsAll(selector.entrySet()), component(workload));
    }
    for (Map<String, Object> service : manifests.ofKind("Service").toList()) {
      Map<String, Object> selector = map(at(service, "spec", "selector"));
      assertEquals(1, podsFound(manifests, selector), at(service, "metadata", "name").toString());
    }
    for (Map<String, Object> budget : manifests.ofKind("PodDisruptionBudget").toList()) {
      Map<String, Object> selector = map(at(budget, "spec", "selector", "matchLabels"));
      assertEquals(1, podsFound(manifests, selector), at(budget, "metadata", "name").toString());
    }
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void namesAreUnique(Manifests manifests) {
    Set<String> seen = new HashSet<>();
    for (Map<String, Object> manifest : manifests.all()) {
      String name = manifest.get("kind") + "/" + at(manifest, "metadata", "name");
      assertTrue(seen.add(name), name + " twice");
    }
  }

  @ParameterizedTest
  @MethodSource("renderings")
  void laneIsThePodsOrdinal(Manifests manifests) {
    Map<String, Object> edge = manifests.named("StatefulSet", "demo-mqtt-sentinel-edge");
    assertEquals(
        "metadata.labels['apps.kubernetes.io/pod-index']",
        at(variable(edge, "SENTINEL_EDGE_LANE"), "valueFrom", "fieldRef", "fieldPath"));
    Map<String, Object> headless =
        manifests.named("Service", (String) at(edge, "spec", "serviceName"));
    assertEquals("None", at(headless, "spec", "clusterIP"));
  }

  @Test
  void disruptionIsBudgetedForEveryServiceUnlessSwitchedOff() {
    assertEquals(7, Manifests.render(null).ofKind("PodDisruptionBudget").count());
    assertEquals(
        0, Manifests.render(valuesFile("devices-only")).ofKind("PodDisruptionBudget").count());
  }

  @Test
  void podsSpreadOverNodesAndZones() {
    for (Map<String, Object> workload : Manifests.render(null).workloads()) {
      assertEquals(
          List.of("kubernetes.io/hostname", "topology.kubernetes.io/zone"),
          list(podSpec(workload).get("topologySpreadConstraints")).stream()
              .map(constraint -> constraint.get("topologyKey"))
              .toList());
    }
  }

  @Test
  void onlyOneBridgeRunsAtATime() {
    Map<String, Object> bridge =
        Manifests.render(null).named("Deployment", "demo-mqtt-sentinel-ingest-bridge");
    assertEquals(1, at(bridge, "spec", "replicas"));
    assertEquals("Recreate", at(bridge, "spec", "strategy", "type"));
  }

  @Test
  void valuesArriveInTheEnvironment() {
    Manifests full = Manifests.render(valuesFile("full"));
    Map<String, Object> edge = full.named("StatefulSet", "demo-mqtt-sentinel-edge");
    Map<String, Object> bridge = full.named("Deployment", "demo-mqtt-sentinel-ingest-bridge");
    Map<String, Object> fanout = full.named("Deployment", "demo-mqtt-sentinel-fanout-delivery");
    assertEquals("eu-1", variable(edge, "SENTINEL_NODE_REGION").get("value"));
    assertEquals("24", variable(edge, "SENTINEL_KAFKA_PARTITIONS").get("value"));
    assertEquals("262144", variable(edge, "SENTINEL_EDGE_MAX_MESSAGE_BYTES").get("value"));
    assertEquals("10", variable(edge, "SENTINEL_EDGE_MAX_SUBSCRIPTIONS").get("value"));
    assertEquals("json", variable(edge, "SENTINEL_LOG_FORMAT").get("value"));
    assertEquals(
        "SASL_SSL", variable(edge, "SENTINEL_KAFKA_PROPERTIES_SECURITY_PROTOCOL").get("value"));
    assertSecret(edge, "SENTINEL_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "kafka-credentials", "jaas");
    assertSecret(edge, "SENTINEL_REGISTRY_PASSWORD", "registry-credentials", "password");
    assertSecret(edge, "SENTINEL_EDGE_JDBC_USERNAME", "auth-db-credentials", "username");
    assertSecret(edge, "SENTINEL_EDGE_JDBC_PASSWORD", "auth-db-credentials", "pass");
    assertEquals(
        "clients/+/alerts,site/#", variable(bridge, "SENTINEL_BRIDGE_TOPICS").get("value"));
    assertSecret(bridge, "SENTINEL_BRIDGE_PASSWORD", "origin-credentials", "password");
    assertEquals(
        "/etc/sentinel/origin-trust/ca.crt",
        variable(bridge, "SENTINEL_BRIDGE_TRUST_STORE").get("value"));
    assertEquals(3, at(fanout, "spec", "replicas"));
    assertEquals("1", variable(fanout, "SENTINEL_STREAMS_STANDBY_REPLICAS").get("value"));
    assertEquals(
        "messaging", at(fanout, "spec", "template", "metadata", "annotations", "example.com/team"));
    assertEquals(
        "registry.example:5000/platform/mqtt-sentinel/edge-broker:1.2.3",
        containers(edge).getFirst().get("image"));
    assertEquals("sentinel", podSpec(edge).get("serviceAccountName"));
    assertEquals(0, full.ofKind("ServiceAccount").count());
  }

  @Test
  void edgesListenEncryptedUnlessToldOtherwise() {
    Manifests usual = Manifests.render(null);
    assertEquals(List.of("mqtts", "wss"), ports(usual));
    assertEquals(List.of("mqtt", "websocket"), ports(Manifests.render(valuesFile("devices-only"))));
    Map<String, Object> edge = usual.named("StatefulSet", "demo-mqtt-sentinel-edge");
    assertEquals("off", variable(edge, "SENTINEL_EDGE_PROXY_PROTOCOL").get("value"));
    assertEquals("5s", variable(edge, "SENTINEL_EDGE_DRAIN_DELAY").get("value"));
  }

  @Test
  void certificatesAreMountedFromExistingSecrets() {
    Map<String, Object> edge =
        Manifests.render(valuesFile("full")).named("StatefulSet", "demo-mqtt-sentinel-edge");
    assertEquals(
        "/etc/sentinel/tls/tls.crt", variable(edge, "SENTINEL_EDGE_TLS_CERTIFICATE").get("value"));
    assertEquals(
        "iot.example.com=/etc/sentinel/tls-0/tls.crt;/etc/sentinel/tls-0/tls.key,"
            + "*.example.com=/etc/sentinel/tls-1/tls.crt;/etc/sentinel/tls-1/tls.key",
        variable(edge, "SENTINEL_EDGE_TLS_HOSTS").get("value"));
    assertEquals(
        "/etc/sentinel/client-authorities/ca.crt",
        variable(edge, "SENTINEL_EDGE_TLS_CLIENT_AUTHORITIES").get("value"));
    assertEquals(
        "mqtt.example.com:8883", variable(edge, "SENTINEL_EDGE_SERVER_REFERENCE").get("value"));
    assertEquals(
        Set.of("devices-tls", "iot-tls", "wildcard-tls", "device-ca"),
        list(podSpec(edge).get("volumes")).stream()
            .filter(volume -> volume.containsKey("secret"))
            .map(volume -> at(volume, "secret", "secretName"))
            .collect(Collectors.toSet()));
  }

  @Test
  void bansOverHttpNeedATokenFromAnExistingSecret() {
    Map<String, Object> full =
        Manifests.render(valuesFile("full")).named("StatefulSet", "demo-mqtt-sentinel-edge");
    assertSecret(full, "SENTINEL_EDGE_ADMIN_TOKEN", "edge-admin", "bearer");
    assertEquals(
        "10.1.0.0/16,fd00::/8",
        variable(full, "SENTINEL_EDGE_LIMITS_EXEMPT_ADDRESSES").get("value"));
    Map<String, Object> usual =
        Manifests.render(null).named("StatefulSet", "demo-mqtt-sentinel-edge");
    assertFalse(hasVariable(usual, "SENTINEL_EDGE_ADMIN_TOKEN"));
    assertFalse(hasVariable(usual, "SENTINEL_EDGE_LIMITS_EXEMPT_ADDRESSES"));
  }

  @ParameterizedTest
  @CsvSource({"anomaly-detector, ANOMALY_DETECTOR", "auth-verifier, AUTH_VERIFIER"})
  void geoIpFilesAreMountedReadOnlyWhereTheyAreRead(String service, String prefix) {
    String deployment = "demo-mqtt-sentinel-" + service;
    String variable = "SENTINEL_" + prefix + "_GEOIP_FILES";
    Manifests full = Manifests.render(valuesFile("full"));
    Map<String, Object> reader = full.named("Deployment", deployment);
    assertEquals(
        "/etc/sentinel/geoip/city.mmdb,/etc/sentinel/geoip/asn.mmdb",
        variable(reader, variable).get("value"));
    assertEquals(
        Map.of("name", "geoip", "mountPath", "/etc/sentinel/geoip", "readOnly", true),
        named(list(containers(reader).getFirst().get("volumeMounts")), "geoip"));
    assertEquals(
        Map.of("claimName", "geoip", "readOnly", true),
        named(list(podSpec(reader).get("volumes")), "geoip").get("persistentVolumeClaim"));
    assertFalse(hasVariable(Manifests.render(null).named("Deployment", deployment), variable));
    assertNull(
        named(
            list(
                podSpec(full.named("Deployment", "demo-mqtt-sentinel-pattern-matcher"))
                    .get("volumes")),
            "geoip"));
  }

  @ParameterizedTest
  @CsvSource({"configMapName, configMap, name", "secretName, secret, secretName"})
  void geoIpFilesMayComeFromElsewhere(String key, String volume, String named) {
    Map<String, Object> reader =
        Manifests.render(null, "geoip." + key, "geo", "geoip.files[0]", "country.mmdb")
            .named("Deployment", "demo-mqtt-sentinel-auth-verifier");
    assertEquals("geo", at(named(list(podSpec(reader).get("volumes")), "geoip"), volume, named));
  }

  @ParameterizedTest
  @CsvSource({"read, -XX:AOTCache=, true", "write, -XX:AOTCacheOutput=, false"})
  void servicesShareAotCaches(String mode, String option, boolean readOnly) {
    Manifests manifests =
        Manifests.render(null, "aotCache.claimName", "warm", "aotCache.mode", mode);
    assertFalse(manifests.workloads().isEmpty());
    for (Map<String, Object> workload : manifests.workloads()) {
      String file = "/var/cache/sentinel/" + Manifests.component(workload) + ".aot";
      String options = (String) variable(workload, "JDK_JAVA_OPTIONS").get("value");
      assertTrue(options.endsWith(" " + option + file), options);
      assertEquals(
          Map.of("name", "aot-cache", "mountPath", "/var/cache/sentinel", "readOnly", readOnly),
          named(list(containers(workload).getFirst().get("volumeMounts")), "aot-cache"));
      assertEquals(
          Map.of("claimName", "warm", "readOnly", readOnly),
          named(list(podSpec(workload).get("volumes")), "aot-cache").get("persistentVolumeClaim"));
    }
    assertFalse(Manifests.render(null).text().contains("AOT"));
  }

  @Test
  void geoIpFilesComeFromOnePlace() {
    for (String[] values :
        List.of(
            new String[] {"geoip.claimName", "a"},
            new String[] {"geoip.files[0]", "a.mmdb"},
            new String[] {
              "geoip.claimName", "a", "geoip.secretName", "b", "geoip.files[0]", "a.mmdb"
            })) {
      RuntimeException refusal =
          assertThrows(RuntimeException.class, () -> Manifests.render(null, values));
      assertTrue(refusal.getMessage().contains("geoip.secretName"), refusal.getMessage());
    }
  }

  private static boolean hasVariable(Map<String, Object> workload, String name) {
    return named(list(containers(workload).getFirst().get("env")), name) != null;
  }

  private static Map<String, Object> named(List<Map<String, Object>> all, String name) {
    return all.stream().filter(one -> name.equals(one.get("name"))).findFirst().orElse(null);
  }

  private static List<Object> ports(Manifests manifests) {
    return list(at(manifests.named("Service", "demo-mqtt-sentinel-edge"), "spec", "ports")).stream()
        .map(port -> port.get("name"))
        .toList();
  }

  @Test
  void loadBalancerKeepsTheClientsAddress() {
    Map<String, Object> service =
        Manifests.render(valuesFile("full")).named("Service", "demo-mqtt-sentinel-edge");
    assertEquals("LoadBalancer", at(service, "spec", "type"));
    assertEquals("Local", at(service, "spec", "externalTrafficPolicy"));
    assertEquals(List.of("10.0.0.0/8"), at(service, "spec", "loadBalancerSourceRanges"));
  }

  @Test
  void serviceAccountHasNoToken() {
    Map<String, Object> account =
        Manifests.render(null).named("ServiceAccount", "demo-mqtt-sentinel");
    assertEquals(false, account.get("automountServiceAccountToken"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "region | 'two words' | region",
        "unknown | 1 | unknown",
        "edge.replica | 3 | replica",
        "edge.replicas | many | replicas",
        "edge.service.type | Ingress | type",
        "edge.tls.secretName | '' | edge.plain.enabled",
        "edge.tls.clientCertificates | required | clientAuthorities",
        "edge.tls.minimumVersion | 1.1 | minimumVersion",
        "edge.proxyProtocol | v3 | proxyProtocol",
        "edge.drainDelay | soon | drainDelay",
        "edge.exemptAddresses[0] | balancer | exemptAddresses",
        "edge.adminToken.token | secret | token",
        "geoip.files[0] | ../x | files",
        "kafka.bootstrapServers | kafka | bootstrapServers",
        "kafka.lanes | 0 | lanes",
        "kafka.clearedRetention | 72 hours | clearedRetention",
        "kafka.properties.sasl\\.jaas\\.config | secret | propert",
        "registry.url | registry:8081 | url",
        "authDatabase.url | jdbc:postgresql://h/d?password=x | url",
        "origin.uri | mqtt://h | uri",
        "origin.receiveMaximum | 65536 | receiveMaximum",
        "services.ingestBridge.replicas | 2 | replicas",
        "services.patternMatcher.resources.limits.memory | lots | memory",
        "image.tag | a:b | tag",
        "logs.format | xml | format",
      })
  void badValueIsRefusedByName(String key, String value, String named) {
    RuntimeException refusal =
        assertThrows(RuntimeException.class, () -> Manifests.render(null, key, value));
    assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
  }

  @Test
  void moreEdgesThanLanesAreRefused() {
    RuntimeException refusal =
        assertThrows(RuntimeException.class, () -> Manifests.render(null, "edge.replicas", "65"));
    assertTrue(
        refusal.getMessage().contains("edge.replicas is 65, expected at most kafka.lanes (64)"),
        refusal.getMessage());
  }

  private static void assertSecret(
      Map<String, Object> workload, String variable, String secret, String key) {
    assertEquals(
        Map.of("name", secret, "key", key),
        at(variable(workload, variable), "valueFrom", "secretKeyRef"));
  }

  private static Set<String> components(Manifests manifests) {
    return manifests.workloads().stream().map(Manifests::component).collect(Collectors.toSet());
  }

  private static long podsFound(Manifests manifests, Map<String, Object> selector) {
    return manifests.workloads().stream()
        .map(workload -> map(at(workload, "spec", "template", "metadata", "labels")))
        .filter(labels -> labels.entrySet().containsAll(selector.entrySet()))
        .count();
  }
}
