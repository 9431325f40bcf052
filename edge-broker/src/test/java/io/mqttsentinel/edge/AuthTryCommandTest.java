package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AuthTryCommandTest {

  private static final AuthDecision ALLOW = new Allow(Grant.usual("dev-1"));

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  @Test
  void eachStepIsShownUntilSomebodyDecides() {
    int code = run(answers("jwt", new Ignore()), answers("jdbc", ALLOW), answers("http", ALLOW));
    assertEquals(0, code);
    String[] lines = text.toString(StandardCharsets.UTF_8).split("\\R", -1);
    assertTrue(lines[0].matches("jwt +[0-9.]+ ms +ignore"), lines[0]);
    assertTrue(lines[1].matches("jdbc +[0-9.]+ ms +allow"), lines[1]);
    assertEquals("  allow all clients/dev-1/#", lines[2]);
    assertEquals("", lines[3]);
  }

  @Test
  void denialAndFailureSayWhy() {
    assertEquals(1, run(answers("jdbc", new Deny(new Refusal(ReasonCode.BAD_CREDENTIALS, "bad")))));
    assertTrue(text.toString(StandardCharsets.UTF_8).contains("deny: bad"));
    assertEquals(
        1,
        run(
            new Answering(
                "http", CompletableFuture.failedFuture(new IllegalStateException("away")))));
    assertTrue(text.toString(StandardCharsets.UTF_8).contains("failed: away"));
    assertEquals(1, run(answers("http", new Ignore(true))));
    assertEquals(1, run());
  }

  @Test
  void optionsMustMakeSense() {
    assertEquals(
        Map.of("client", "c", "user", "u"),
        AuthTryCommand.options("try", "--client", "c", "--user", "u"));
    assertEquals("--client is missing", refusal("try", "--user", "u"));
    assertEquals("--client needs a value", refusal("try", "--client"));
    assertEquals("'--what' is not understood here", refusal("try", "--client", "c", "--what", "x"));
    assertEquals("expected 'try'", refusal());
    assertEquals(
        "--listener is 'carrier pigeon', expected tcp, websocket, tls or secure-websocket",
        refusal("try", "--client", "c", "--listener", "carrier pigeon"));
    for (Listener listener : Listener.values()) {
      String name = listener.name().toLowerCase(Locale.ROOT).replace('_', '-');
      assertEquals(
          listener, AuthTryCommand.attempt(Map.of("client", "c", "listener", name)).listener());
    }
  }

  private static String refusal(String... words) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> AuthTryCommand.attempt(AuthTryCommand.options(words)))
        .getMessage();
  }

  private int run(Authenticator... authenticators) {
    return new AuthTryCommand(new PrintStream(text, true, StandardCharsets.UTF_8))
        .run(new AuthenticatorChain(List.of(authenticators)), Attempts.of("dev-1", "u", "p"));
  }

  private static Authenticator answers(String name, AuthDecision decision) {
    return new Answering(name, CompletableFuture.completedStage(decision));
  }

  private record Answering(String name, CompletionStage<AuthDecision> answer)
      implements Authenticator {
    @Override
    public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
      return answer;
    }
  }
}
