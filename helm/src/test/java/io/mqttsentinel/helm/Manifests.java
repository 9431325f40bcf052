package io.mqttsentinel.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** What the chart renders for one set of values. */
record Manifests(String text, List<Map<String, Object>> all) {

  static final Path CHART = Path.of("mqtt-sentinel");
  static final String RELEASE = "demo";

  static Manifests render(Path valuesFile, String... keysAndValues) {
    TemplateCommand template =
        new Helm(CHART).template().withName(RELEASE).withKubeVersion("1.32.0");
    if (valuesFile != null) {
      template = template.withValuesFile(valuesFile);
    }
    for (int i = 0; i < keysAndValues.length; i += 2) {
      template = template.set(keysAndValues[i], keysAndValues[i + 1]);
    }
    String text = template.call();
    List<Map<String, Object>> all = new ArrayList<>();
    for (Object document : new Yaml().loadAll(text)) {
      if (document != null) {
        all.add(map(document));
      }
    }
    return new Manifests(text, all);
  }

  static Path valuesFile(String name) {
    return Path.of("src", "test", "resources", "values", name + ".yaml");
  }

  Stream<Map<String, Object>> ofKind(String kind) {
    return all.stream().filter(manifest -> kind.equals(manifest.get("kind")));
  }

  Map<String, Object> named(String kind, String name) {
    return ofKind(kind)
        .filter(manifest -> name.equals(at(manifest, "metadata", "name")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s %s in\n%s".formatted(kind, name, text)));
  }

  /** StatefulSets and Deployments. */
  List<Map<String, Object>> workloads() {
    return Stream.concat(ofKind("StatefulSet"), ofKind("Deployment")).toList();
  }

  /** The component label of a workload. */
  static String component(Map<String, Object> workload) {
    return (String) at(workload, "metadata", "labels", "app.kubernetes.io/component");
  }

  static Map<String, Object> podSpec(Map<String, Object> workload) {
    return map(at(workload, "spec", "template", "spec"));
  }

  static List<Map<String, Object>> containers(Map<String, Object> workload) {
    return list(podSpec(workload).get("containers"));
  }

  /** The variables of the only container, by name. */
  static Map<String, Object> variable(Map<String, Object> workload, String name) {
    return list(containers(workload).getFirst().get("env")).stream()
        .filter(variable -> name.equals(variable.get("name")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("%s has no %s".formatted(component(workload), name)));
  }

  static Object at(Object tree, String... path) {
    Object here = tree;
    for (String key : path) {
      here = here == null ? null : map(here).get(key);
    }
    return here;
  }

  @SuppressWarnings("unchecked") // YAML mappings have text keys here
  static Map<String, Object> map(Object tree) {
    return (Map<String, Object>) tree;
  }

  @SuppressWarnings("unchecked") // the chart's lists are lists of mappings
  static List<Map<String, Object>> list(Object tree) {
    return (List<Map<String, Object>>) tree;
  }
}
