package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on MQTT conformance names tests that exist. */
class ConformanceDocTest {

  private static final Path ROOT = Path.of("..");

  /** {@code Class}, {@code Class.method}, or {@code .method} of the class before. */
  private static final Pattern NAME =
      Pattern.compile("`([A-Z]\\w*(?:Test|IT))?(?:\\.([a-z]\\w*))?`");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> sources = tests();
    List<String> missing = new ArrayList<>();
    int named = 0;
    String type = "";
    Matcher names = NAME.matcher(Files.readString(ROOT.resolve("docs/mqtt-conformance.md")));
    while (names.find()) {
      type = names.group(1) == null ? type : names.group(1);
      String method = names.group(2);
      String source = sources.getOrDefault(type, "");
      if (source.isEmpty() || (method != null && !source.contains(" void " + method + "("))) {
        missing.add(method == null ? type : type + "." + method);
      }
      named++;
    }
    assertTrue(named > 100, "only " + named + " names were found");
    assertEquals(List.of(), missing);
  }

  private static Map<String, String> tests() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("edge-broker", "fanout-delivery", "schemas", "end-to-end-tests")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString();
          sources.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
        }
      }
    }
    return sources;
  }
}
