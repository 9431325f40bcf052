package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

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

  private static CompletionException wrappedByALibrary(Throwable failure) {
    return Assertions.assertThrows(
        CompletionException.class, () -> CompletableFuture.failedFuture(failure).join());
  }
}
