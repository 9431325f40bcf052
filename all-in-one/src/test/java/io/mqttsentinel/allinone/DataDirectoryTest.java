package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {

  @Test
  void hasOneUserAtATime(@TempDir Path directory) throws Exception {
    try (DataDirectory first = DataDirectory.open(directory)) {
      assertTrue(first.kafka().startsWith(directory));

      IOException refusal = assertThrows(IOException.class, () -> DataDirectory.open(directory));

      assertTrue(refusal.getMessage().contains("--data"), refusal.getMessage());
    }
    assertDoesNotThrow(() -> DataDirectory.open(directory).close());
  }

  @Test
  void whatCannotBeADirectoryIsSaidWithTheReason(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "in the way");

    IOException itself = assertThrows(IOException.class, () -> DataDirectory.prepare(file));
    IOException below =
        assertThrows(IOException.class, () -> DataDirectory.prepare(file.resolve("data")));

    assertEquals(
        "the data directory %s cannot be used (it is a file): choose another with --data"
            .formatted(file),
        itself.getMessage());
    assertTrue(below.getMessage().contains("Not a directory"), below.getMessage());
    assertTrue(below.getMessage().contains("--data"), below.getMessage());
  }

  @Test
  void aFullDiskIsSaidBeforeKafkaFailsOnIt(@TempDir Path directory) throws Exception {
    IOException full =
        assertThrows(IOException.class, () -> DataDirectory.checkSpace(directory, 3 << 20));

    assertTrue(full.getMessage().contains("3 MB are free, expected at least 64"), full.toString());
    assertDoesNotThrow(() -> DataDirectory.checkSpace(directory, 64 << 20));
  }
}
