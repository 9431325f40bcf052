package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each schema must read what every released version wrote, and the other way round: services are
 * upgraded one by one. The released versions are in {@code released/VERSION/NAME.avsc}; {@code
 * -Drelease=VERSION} writes those of a new one.
 */
class CompatibilityTest {

  private static final Path RELEASED = Path.of("released");
  private static final SchemaValidator BOTH_WAYS =
      new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

  static Stream<Class<? extends SpecificRecord>> topicTypes() {
    TopicLayout layout = new TopicLayout(1, 1, (short) 1, java.time.Duration.ofHours(1));
    return Topics.all("local", layout).stream()
        .<Class<? extends SpecificRecord>>map(Topic::valueType)
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("topicTypes")
  void fitsEveryReleasedVersion(Class<? extends SpecificRecord> type) throws IOException {
    if (System.getProperty("release") != null) {
      Path file = RELEASED.resolve(System.getProperty("release"), type.getSimpleName() + ".avsc");
      Files.createDirectories(file.getParent());
      Files.writeString(
          file, SchemaFormatter.format("json/pretty", Schemas.published(type)) + "\n");
    }
    List<Schema> released = released(type.getSimpleName());

    assertTrue(!released.isEmpty(), type.getSimpleName() + " has no released version");
    assertDoesNotThrow(() -> BOTH_WAYS.validate(Schemas.published(type), released));
  }

  private static List<Schema> released(String name) throws IOException {
    try (Stream<Path> files = Files.walk(RELEASED)) {
      return files
          .filter(file -> file.getFileName().toString().equals(name + ".avsc"))
          .map(CompatibilityTest::parse)
          .toList();
    }
  }

  private static Schema parse(Path file) {
    try {
      return new Schema.Parser().parse(file.toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
