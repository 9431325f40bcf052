package io.mqttsentinel.allinone;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
}
