package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceMainTest {

  @Test
  void whatOurCodeSaysCountsMoreThanItsCause() {
    var failure =
        new IllegalStateException("the registry does not answer", new ClosedChannelException());

    assertEquals("the registry does not answer", ServiceMain.rootMessage(failure));
    assertEquals(
        "the registry does not answer", ServiceMain.rootMessage(wrappedByALibrary(failure)));
  }

  @Test
  void whatALibraryWrapsCountsMoreThanTheLibrary() {
    NumberFormatException innermost =
        Assertions.assertThrows(NumberFormatException.class, () -> Integer.parseInt("x"));

    assertEquals(innermost.getMessage(), ServiceMain.rootMessage(wrappedByALibrary(innermost)));
  }

  @Test
  void aFailureWithoutAMessageIsNamed() {
    assertEquals(
        "java.nio.channels.ClosedChannelException",
        ServiceMain.rootMessage(new ClosedChannelException()));
  }

  @Test
  void aFileOfConfigurationThatCannotBeReadIsNamed(@TempDir Path directory) throws IOException {
    byte[] noText = {'a', ':', ' ', (byte) 0xff, (byte) 0xfe, 0x00};
    Map<String, byte[]> files =
        Map.of(
            "noise.yml", noText,
            "broken.yml", "a: [1".getBytes(StandardCharsets.UTF_8),
            "broken.properties", "a=\\u00".getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = Files.write(directory.resolve(file.getKey()), file.getValue());
      System.setProperty("micronaut.config.files", path.toString());
      try {
        var failure =
            Assertions.assertThrows(
                RuntimeException.class, () -> ServiceMain.start(Set.of(), Map.of()));

        String message = ServiceMain.rootMessage(failure);
        assertTrue(message.contains("is '%s', expected".formatted(path)), message);
      } finally {
        System.clearProperty("micronaut.config.files");
      }
    }
  }

  private static CompletionException wrappedByALibrary(Throwable failure) {
    return Assertions.assertThrows(
        CompletionException.class, () -> CompletableFuture.failedFuture(failure).join());
  }
}
