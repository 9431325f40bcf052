package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of {@code docs/configuration.md} are those of the config records: every key, its
 * default, and the meaning that the record's javadoc gives. {@code -Ddocs.write=true} writes them.
 */
class ConfigurationDocTest {

  private static final Path DOCUMENT = Path.of("../docs/configuration.md");
  private static final String MARKER =
      "<!-- The tables below are written from the config records. -->";

  @Test
  void theTablesAreThoseOfTheRecords() throws IOException {
    String written = Files.readString(DOCUMENT);
    int tables = written.indexOf(MARKER);
    assertTrue(tables >= 0, DOCUMENT + " has lost its marker: " + MARKER);
    String expected = written.substring(0, tables) + MARKER + "\n" + tables();

    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(DOCUMENT, expected);
      return;
    }
    assertEquals(expected, written, "run this test with -Ddocs.write=true");
  }

  @Test
  void everyKeyHasAMeaning() {
    List<String> without =
        records().stream()
            .flatMap(record -> record.keys().stream())
            .filter(key -> key.meaning().isBlank())
            .map(ConfigRecord.Key::name)
            .toList();
    assertEquals(List.of(), without, "keys without a @param line in their config record");
  }

  private static String tables() {
    return records().stream().map(ConfigurationDocTest::table).collect(Collectors.joining());
  }

  private static String table(ConfigRecord record) {
    StringBuilder table = new StringBuilder();
    table.append("\n### `").append(record.prefix()).append("` (").append(record.module());
    table.append(")\n\n").append(record.meaning()).append("\n\n");
    table.append("| key | default | meaning |\n|---|---|---|\n");
    for (ConfigRecord.Key key : record.keys()) {
      String value = key.defaultValue().isEmpty() ? "" : "`" + key.defaultValue() + "`";
      table.append("| `%s` | %s | %s |%n".formatted(key.name(), value, cell(key.meaning())));
    }
    return table.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static List<ConfigRecord> records() {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("/src/main/java/"))
          .flatMap(file -> ConfigRecord.in(file).stream())
          .sorted(
              Comparator.comparing((ConfigRecord r) -> !r.module().equals("service-runtime"))
                  .thenComparing(ConfigRecord::prefix))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
