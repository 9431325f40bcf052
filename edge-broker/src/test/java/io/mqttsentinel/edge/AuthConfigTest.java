package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AuthConfigTest {

  private final Map<String, Authenticator> configured = new LinkedHashMap<>();

  @Test
  void withoutAChainAllThatAreConfiguredAreAsked() {
    configure("http", "jdbc", "certificate");
    assertEquals(List.of("certificate", "jdbc", "http"), names(config(null, null), Listener.TCP));
  }

  @Test
  void listenerMayHaveAChainOfItsOwn() {
    configure("http", "jdbc", "certificate");
    AuthConfig config = config(List.of("http", "jdbc"), List.of("certificate"));
    assertEquals(List.of("http", "jdbc"), names(config, Listener.TCP));
    assertEquals(List.of("certificate"), names(config, Listener.TLS));
    assertEquals(List.of(), names(config(List.of(), null), Listener.TCP));
  }

  @Test
  void nameThatIsNotConfiguredIsNamed() {
    configure("jdbc");
    AuthConfig config = config(null, List.of("ldap"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> names(config, Listener.TLS))
            .getMessage();
    assertTrue(message.contains("sentinel.edge.auth.tls") && message.contains("ldap"), message);
  }

  private List<String> names(AuthConfig config, Listener listener) {
    return config.chainOf(listener, configured).stream().map(Authenticator::name).toList();
  }

  private static AuthConfig config(List<String> chain, List<String> tls) {
    return new AuthConfig(chain, null, null, tls, null, 50, 20, Duration.ofSeconds(5));
  }

  private void configure(String... names) {
    for (String name : names) {
      configured.put(name, new Named(name));
    }
  }

  private record Named(String name) implements Authenticator {
    @Override
    public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
      return new CompletableFuture<>();
    }
  }
}
